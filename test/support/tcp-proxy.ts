import { connect, createServer, Socket } from 'node:net'

/** `closed` ends what there is and lets nothing in; `silent` takes all and passes nothing on. */
type Line = 'open' | 'closed' | 'silent'

type Pair = {
  readonly near: Socket
  readonly far: Socket
  /** Something was lost on the way: nothing that comes after it means anything. */
  lost: boolean
}

/** A line to a server that can be cut in both ways in which networks are: with a word, and without one. */
export async function startTcpProxy(port: number, host: string) {
  let line: Line = 'open'
  const pairs = new Set<Pair>()
  let accepted = 0
  const server = createServer((near) => {
    accepted += 1
    if (line === 'closed') return void near.destroy()
    // Behind a silent line nobody hears of who comes: the far end is connected to nothing.
    const far = line === 'open' ? connect(port, host) : new Socket()
    joined(pairs, { near, far, lost: line === 'silent' }, () => line)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    port: address.port,
    /** How many connections there have been. */
    get acceptedCount(): number {
      return accepted
    },
    disconnect(mode: Exclude<Line, 'open'>): void {
      line = mode
      if (mode === 'closed') for (const { near, far } of pairs) for (const end of [near, far]) end.destroy()
    },
    /** Lets everything through again; a client whose words were lost is told so, its server is not. */
    restore(): void {
      line = 'open'
      for (const { near, far, lost } of pairs) {
        if (!lost) continue
        near.resetAndDestroy()
        if (far.pending) far.destroy()
      }
    },
    /** The connections that there are lose all from now on, and new ones are as good as ever. */
    blackholeConnections(): void {
      for (const pair of pairs) pair.lost = true
    },
    async close(): Promise<void> {
      for (const { near, far } of pairs) for (const end of [near, far]) end.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function joined(pairs: Set<Pair>, pair: Pair, line: () => Line): void {
  pairs.add(pair)
  const { near, far } = pair
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    from.on('data', (bytes) => {
      pair.lost ||= line() === 'silent'
      if (!pair.lost) to.write(bytes)
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      // Of what ends behind a silent line, nobody hears.
      if (!pair.lost && line() !== 'silent') to.destroy()
      else if (far.pending) far.destroy()
      if (near.destroyed && far.destroyed) pairs.delete(pair)
    })
  }
}

export type TcpProxy = Awaited<ReturnType<typeof startTcpProxy>>
