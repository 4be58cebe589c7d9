import { connect, createServer, Socket } from 'node:net'

/** `closed` closes all connections and rejects new ones; `silent` accepts everything and forwards nothing. */
type Mode = 'open' | 'closed' | 'silent'

type Connection = {
  readonly client: Socket
  readonly server: Socket
  /** Bytes were dropped, so nothing after them may be forwarded. */
  hasLostBytes: boolean
}

/** Starts a TCP proxy whose network can fail: visibly (connections close) or silently (bytes are dropped). */
export async function startTcpProxy(port: number, host: string) {
  let mode: Mode = 'open'
  let delayMs = 0
  let accepted = 0
  let received = ''
  const connections = new Set<Connection>()
  const listener = createServer((client) => {
    accepted += 1
    client.on('data', (bytes) => {
      received += bytes.toString('latin1')
    })
    if (mode === 'closed') return void client.destroy()
    // In silent mode the server does not notice the connection.
    const server = mode === 'open' ? connect(port, host) : new Socket()
    forward(connections, { client, server, hasLostBytes: mode === 'silent' }, () => ({ mode, delayMs }))
  })
  const destroyAll = () => {
    for (const { client, server } of connections) {
      client.destroy()
      server.destroy()
    }
  }
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    port: address.port,
    /** The number of connections so far. */
    get acceptedCount(): number {
      return accepted
    },
    /** All bytes that clients have sent so far, forwarded or not. */
    get received(): string {
      return received
    },
    disconnect(newMode: Exclude<Mode, 'open'>): void {
      mode = newMode
      if (newMode === 'closed') destroyAll()
    },
    /** Forwards again. Connections that lost bytes are reset towards the client; the server does not notice. */
    restore(): void {
      mode = 'open'
      for (const { client, server, hasLostBytes } of connections) {
        if (!hasLostBytes) continue
        // Node never closes the handle of a socket that is reset during its shutdown, and then hangs at exit.
        if (client.writableEnded) client.destroy()
        else client.resetAndDestroy()
        if (server.pending) server.destroy()
      }
    },
    /** Forwards all further bytes later by this time, in each direction. It must not become shorter. */
    delay(milliseconds: number): void {
      delayMs = milliseconds
    },
    /** Drops all further bytes of the existing connections. New ones work. */
    blackholeConnections(): void {
      for (const connection of connections) connection.hasLostBytes = true
    },
    async close(): Promise<void> {
      destroyAll()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

function forward(
  connections: Set<Connection>,
  connection: Connection,
  getNetwork: () => { readonly mode: Mode; readonly delayMs: number },
): void {
  connections.add(connection)
  const { client, server } = connection
  for (const { from, to } of [
    { from: client, to: server },
    { from: server, to: client },
  ]) {
    const later = (run: () => void) => {
      const { delayMs } = getNetwork()
      if (delayMs === 0) run()
      else setTimeout(run, delayMs)
    }
    from.on('data', (bytes) => {
      connection.hasLostBytes ||= getNetwork().mode === 'silent'
      if (!connection.hasLostBytes) later(() => to.write(bytes))
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      // In silent mode the other end does not notice.
      if (!connection.hasLostBytes && getNetwork().mode !== 'silent') later(() => to.destroy())
      else if (server.pending) server.destroy()
      if (client.destroyed && server.destroyed) connections.delete(connection)
    })
  }
}

export type TcpProxy = Awaited<ReturnType<typeof startTcpProxy>>
