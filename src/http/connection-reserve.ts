import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** The most connections above the limit, which are open for health requests alone. */
const MAX_RESERVED = 64

/**
 * Accepts connections above the limit, for health requests alone. When there are too many of them, the oldest is closed.
 * Node's `maxConnections` would close a health check's connection too.
 */
export function createConnectionReserve(server: Server, maxConnections: number) {
  const reserved = new Set<Socket>()
  let count = 0
  server.on('connection', (socket) => {
    count += 1
    socket.once('close', () => {
      count -= 1
      reserved.delete(socket)
    })
    if (count <= maxConnections) return
    reserved.add(socket)
    const [oldest] = reserved
    if (reserved.size <= MAX_RESERVED || !oldest) return
    reserved.delete(oldest)
    oldest.destroy()
  })
  return {
    /** Tests whether a connection was opened above the limit. */
    has: (socket: Socket) => reserved.size > 0 && reserved.has(socket),
  } as const
}
