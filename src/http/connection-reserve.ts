import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** The most connections above the limit, which are open for health requests alone. */
const MAX_RESERVED = 64

/**
 * Accepts connections above the limit, for health requests alone. When there are too many of them, the oldest is closed.
 * Node's `maxConnections` would close a health check's connection too.
 * @returns a test for connections that were opened above the limit
 */
export function reserveConnections(server: Server, maxConnections: number): (socket: Socket) => boolean {
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
  return (socket) => reserved.size > 0 && reserved.has(socket)
}
