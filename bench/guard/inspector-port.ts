import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Systems give out ports above these by themselves, so that the server's own, chosen later, is never the same one. */
const FIRST = 20_000
const LAST = 32_000
const TRIES = 20

/** Returns a port for an inspector that was free a moment ago. Throws where 20 in a row are taken. */
export async function freeInspectorPort(): Promise<number> {
  for (let left = TRIES; left > 0; left--) {
    const port = randomInt(FIRST, LAST)
    if (await isFree(port)) return port
  }
  throw new Error(`No port of ${TRIES} between ${FIRST} and ${LAST} is free for the inspector`)
}

async function isFree(port: number): Promise<boolean> {
  const listener = createServer().listen(port, '127.0.0.1')
  try {
    // It throws where the listener says that the port is taken.
    await once(listener, 'listening')
  } catch {
    return false
  }
  listener.close()
  await once(listener, 'close')
  return true
}
