import { setTimeout as wait } from 'node:timers/promises'
import { openWire, type Wire } from './wire.ts'

export type Answers = {
  /** Answers per second within the time, by status. */
  readonly perSecond: ReadonlyMap<number, number>
  /** Milliseconds from when it was due to when it was answered, by status. */
  readonly latencies: ReadonlyMap<number, readonly number[]>
  /** Requests that were due, per second. */
  readonly offered: number
  /** Share of one core that this generator took, 0 to 1. */
  readonly core: number
}

type Load = {
  readonly port: number
  readonly bytes: Buffer
  readonly connections: number
  readonly seconds: number
}

/** Milliseconds; what was due between two looks at the clock is sent at once. */
const TICK_MS = 1
const tick = () => wait(TICK_MS)

/** Asks as fast as it is answered: each connection sends its next request once the last one is answered. */
export async function closedLoop({ port, bytes, connections, seconds }: Load): Promise<Answers> {
  const noted = notes(seconds)
  const wires: Wire[] = []
  for (let i = 0; i < connections; i++) {
    let sent = 0
    const wire: Wire = await openWire(port, (status) => {
      noted.answered(status, sent)
      if (!noted.isOver()) send()
    })
    const send = () => {
      sent = performance.now()
      wire.send(bytes)
    }
    wires.push({ ...wire, send })
  }
  noted.start()
  for (const wire of wires) wire.send(bytes)
  await wait(seconds * 1_000)
  for (const wire of wires) wire.close()
  return noted.done()
}

/**
 * Asks at a rate, however it is answered. A request is sent over any connection that waits for none; when each of them
 * waits, it waits too, and that counts into its latency.
 * @param between what is waited for between two looks at the clock
 */
export async function openLoop(
  load: Load,
  perSecond: number,
  between: () => Promise<unknown> = tick,
): Promise<Answers> {
  const { port, bytes, connections, seconds } = load
  const noted = notes(seconds)
  const idle: { readonly send: (due: number) => void }[] = []
  const waiting: number[] = []
  const wires: Wire[] = []
  for (let i = 0; i < connections; i++) {
    let due = 0
    const wire = await openWire(port, (status) => {
      noted.answered(status, due)
      const next = waiting.shift()
      if (next === undefined) idle.push(asker)
      else asker.send(next)
    })
    const asker = {
      send(at: number) {
        due = at
        wire.send(bytes)
      },
    }
    idle.push(asker)
    wires.push(wire)
  }
  const start = noted.start()
  for (let sent = 0; !noted.isOver(); await between()) {
    const until = Math.floor(((performance.now() - start) / 1_000) * perSecond)
    for (; sent < until; sent++) {
      const due = start + (sent / perSecond) * 1_000
      const asker = idle.pop()
      if (asker) asker.send(due)
      else waiting.push(due)
    }
  }
  const answers = noted.done(perSecond)
  for (const wire of wires) wire.close()
  return answers
}

function notes(seconds: number) {
  const latencies = new Map<number, number[]>()
  let start = 0
  let before = process.cpuUsage()
  const isOver = () => performance.now() - start >= seconds * 1_000
  return {
    start() {
      before = process.cpuUsage()
      start = performance.now()
      return start
    },
    isOver,
    answered(status: number, due: number): void {
      if (isOver()) return
      const known = latencies.get(status)
      if (known) known.push(performance.now() - due)
      else latencies.set(status, [performance.now() - due])
    },
    done(offered?: number): Answers {
      const { user, system } = process.cpuUsage(before)
      const took = performance.now() - start
      const perSecond = new Map([...latencies].map(([status, { length }]) => [status, length / seconds]))
      const all = [...perSecond.values()].reduce((sum, one) => sum + one, 0)
      return { perSecond, latencies, offered: offered ?? all, core: (user + system) / 1_000 / took }
    },
  }
}
