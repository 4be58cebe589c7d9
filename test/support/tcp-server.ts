import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterAll } from '@jest/globals'

/** Clients keep theirs open; a test must not wait for them. */
const sockets = new Set<Socket>()
/** A test that fails half-way must not leave its server behind. */
const servers = new Set<Server>()
afterAll(() => {
  for (const server of servers) server.close()
  for (const socket of sockets) socket.destroy()
})

export const portOfServer = (server: Server) => (server.address() as { port: number }).port

/** A server that answers each piece it gets. */
export async function startTcpServer(respond: (data: string) => string = () => ''): Promise<Server> {
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (data) => void socket.write(respond(String(data))))
  }).listen(0, '127.0.0.1')
  servers.add(server)
  await once(server, 'listening')
  return server
}
