import { openWire, requestBytes } from './wire.ts'

/** Milliseconds between two questions. */
const EVERY_MS = 50

export type Probed = {
  readonly path: string
  readonly asked: number
  /** With 200. */
  readonly answered: number
  /** Milliseconds. */
  readonly slowest: number
}

/** Asks each path now and then, over a connection of its own; a question that is not answered holds up the next. */
export async function probe(port: number, paths: readonly string[]): Promise<{ stop(): Probed[] }> {
  const probes = await Promise.all(paths.map((path) => probeOne(port, path)))
  return { stop: () => probes.map((one) => one.stop()) }
}

async function probeOne(port: number, path: string): Promise<{ stop(): Probed }> {
  const bytes = requestBytes(path)
  let [asked, answered, slowest, sent, waits] = [0, 0, 0, 0, false]
  const wire = await openWire(port, (status) => {
    waits = false
    slowest = Math.max(slowest, performance.now() - sent)
    if (status === 200) answered += 1
  })
  const timer = setInterval(() => {
    if (waits) return
    waits = true
    asked += 1
    sent = performance.now()
    wire.send(bytes)
  }, EVERY_MS)
  return {
    stop() {
      clearInterval(timer)
      wire.close()
      // The last question's answer may be on its way.
      return { path, asked: waits ? asked - 1 : asked, answered, slowest }
    },
  }
}
