import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ports that operating systems assign to port 0, which another listener could get in the meantime. */
const FIRST_PORT = 15_000
const LAST_PORT = 32_000

/** Finds a port that nothing listens on. */
export async function findFreePort(): Promise<number> {
  const port = randomInt(FIRST_PORT, LAST_PORT)
  try {
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return port
  } catch {
    return findFreePort()
  }
}
