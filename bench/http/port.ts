import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Listens on a port of the loopback that the system chooses, and returns it. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The listener has no port')
  return address.port
}

/** Stops listening; open connections are left to end by themselves. */
export async function close(server: Server): Promise<void> {
  await new Promise((closed) => server.close(closed))
}

/** Returns a port that was free a moment ago. Another program may take it before the caller does. */
export async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  await close(server)
  return port
}
