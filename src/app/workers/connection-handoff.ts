import type { Worker } from 'node:cluster'

type Connection = { close(): void }
type Channel = { send: (message: unknown, given?: unknown, ...more: unknown[]) => boolean }

/** Who was given a connection last: a worker that is leaving says no, and it goes to another. */
const holders = new WeakMap<object, Worker>()

/**
 * Closes what a worker was given and has not taken when it ends: `node:cluster` waits for its word for ever, and so would the
 * client. It is told by the connection that breaks, as it is when a process ends that had taken it.
 */
export function closeWhatIsLeft(worker: Worker, ended: Promise<unknown>): void {
  const given = new Set<Connection>()
  const channel = worker.process as unknown as Channel
  const send = channel.send.bind(channel)
  channel.send = (message, connection, ...more) => {
    if (isConnection(connection)) give(connection)
    return send(message, connection, ...more)
  }
  function give(connection: Connection): void {
    holders.set(connection, worker)
    if (given.has(connection)) return
    given.add(connection)
    const close = connection.close
    // It is closed here once a worker has it.
    connection.close = () => {
      connection.close = close
      given.delete(connection)
      connection.close()
    }
  }
  ended.then(() => {
    for (const connection of given) if (holders.get(connection) === worker) connection.close()
  })
}

const isConnection = (given: unknown): given is Connection =>
  typeof given === 'object' && given !== null && 'close' in given && typeof given.close === 'function'
