import { Agent, request } from 'node:http'

/** How one request ended. */
export type End =
  /** Any answer that is whole. */
  | { readonly kind: 'answered'; readonly status: number; readonly last: boolean }
  /** Nobody listened: it was never sent. */
  | { readonly kind: 'not sent' }
  /** It was sent, and the connection ended before a byte of an answer: HTTP lets a client send it again. */
  | { readonly kind: 'reset' }
  /** The answer broke off. */
  | { readonly kind: 'broken' }

/** What goes over the wire. */
export type Ask = { readonly path: string; readonly body: string; readonly token: string }

/** One connection that is kept, and that is not used again once the server has said so. */
export function createConnection(origin: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })

  const ask = ({ path, body, token }: Ask) =>
    new Promise<End>((resolve) => {
      let connected = false
      const sent = request(`${origin}${path}`, {
        agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          authorization: `Bearer ${token}`,
        },
      })
      sent.on('socket', (socket) => {
        connected = !socket.connecting
        if (connected) return
        socket.once('connect', () => {
          connected = true
        })
      })
      sent.on('error', () => resolve({ kind: connected ? 'reset' : 'not sent' }))
      sent.on('response', (response) => {
        response.on('error', () => resolve({ kind: 'broken' }))
        response.on('end', () =>
          resolve({
            kind: 'answered',
            status: response.statusCode ?? 0,
            last: response.headers.connection === 'close',
          }),
        )
        response.resume()
      })
      sent.end(body)
    })
  return { ask, close: () => agent.destroy() }
}
