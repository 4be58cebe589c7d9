import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Counts of requests by their outcome. */
export type LoadResult = {
  answered: number
  /** No connection could be opened: the request was not sent. */
  refused: number
  /** The request was sent, and the connection broke before the response was complete. */
  lost: number
  /** Responses other than 200. */
  failed: number
}

const POLL_MS = 10

type Outcome = { readonly kind: keyof LoadResult; readonly isLast: boolean }

/**
 * Sends requests continuously until `stop` is called. Half of the clients keep their connection until a response says
 * that it is the last; the others open one per request.
 * @param clients number of concurrent clients
 */
export function startRequestLoad(origin: string, path: string, clients: number) {
  const result: LoadResult = { answered: 0, refused: 0, lost: 0, failed: 0 }
  let isStopped = false

  async function runClient(keepsConnection: boolean): Promise<void> {
    let agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while (!isStopped) {
      const { kind, isLast } = await send(`${origin}${path}`, agent)
      result[kind] += 1
      if (keepsConnection && !isLast) continue
      agent.destroy()
      agent = new Agent({ keepAlive: true, maxSockets: 1 })
      // A refused connection fails in microseconds; do not spin.
      if (kind === 'refused') await sleep(POLL_MS)
    }
    agent.destroy()
  }

  const running = Promise.all(Array.from({ length: clients }, (_, index) => runClient(index % 2 === 0)))
  return {
    async untilAnswered(count: number): Promise<void> {
      while (result.answered < count) await sleep(POLL_MS)
    },
    async stop(): Promise<LoadResult> {
      isStopped = true
      await running
      return result
    },
  }
}

const send = (url: string, agent: Agent) =>
  new Promise<Outcome>((resolve) => {
    let isConnected = false
    const sent = request(url, { agent })
    sent.on('socket', (socket) => {
      isConnected = !socket.connecting
      if (isConnected) return
      socket.once('connect', () => {
        isConnected = true
      })
    })
    sent.on('error', () => resolve({ kind: isConnected ? 'lost' : 'refused', isLast: true }))
    sent.on('response', (response) => {
      const isLast = response.headers.connection === 'close'
      response.on('error', () => resolve({ kind: 'lost', isLast: true }))
      response.on('end', () => resolve({ kind: response.statusCode === 200 ? 'answered' : 'failed', isLast }))
      response.resume()
    })
    sent.end()
  })
