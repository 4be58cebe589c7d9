import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

const POLL_MS = 50

/**
 * Starts a reverse proxy that sends requests to the origins whose `/readyz` answers 200, in turn, over keep-alive
 * connections. It does not retry: it answers 502 when an origin does not respond, and 503 when none is ready.
 */
export async function startReadinessProxy(origins: readonly string[]) {
  const agent = new Agent({ keepAlive: true })
  const ready = new Set(origins)
  const poll = setInterval(() => {
    for (const origin of origins) {
      const probe = request(`${origin}/readyz`, { agent: false }, (response) => {
        if (response.resume().statusCode === 200) ready.add(origin)
        else ready.delete(origin)
      })
      probe.on('error', () => ready.delete(origin)).end()
    }
  }, POLL_MS)
  let next = 0
  const server = createServer((incoming, outgoing) => {
    next += 1
    const origin = [...ready][next % ready.size]
    const { method = 'GET', headers, url = '/' } = incoming
    if (origin === undefined) return outgoing.writeHead(503).end()
    const forwarded = request(`${origin}${url}`, { agent, method, headers }, (response) => {
      const { connection, ...rest } = response.headers
      outgoing.writeHead(response.statusCode ?? 502, rest)
      response.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.writeHead(502).end())
    return incoming.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close(): void {
      clearInterval(poll)
      server.close()
      server.closeAllConnections()
      agent.destroy()
    },
  }
}
