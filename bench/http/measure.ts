import type { Ask, AskAt } from './ask.ts'
import { checkAnswer } from './check.ts'
import type { RunningServer } from './child.ts'
import { type Load, load } from './load.ts'
import type { Options } from './options.ts'
import type { RequestRow } from './rows/row.ts'
import { createCpuReader, residentMegabytes } from './usage.ts'

/** One server under load for one turn. */
export interface Turn extends Load {
  /** CPU of the server, all threads, in microseconds per request. */
  readonly cpu: number
  /** MB (10^6 bytes) at the end of the turn. */
  readonly resident: number
  /** Share of one core that the load generator took, 0 to 1: near 1 it is what is being measured. */
  readonly generator: number
}

/** One server that is asked one row's requests, and what each turn of it took. */
export interface Contestant {
  readonly server: RunningServer
  readonly row: RequestRow
  readonly turns: Turn[]
  /** The request after the last one: numbers go on from turn to turn. */
  next(): Ask
  /** Sends the next request; throws where it is answered otherwise than the row expects. */
  check(): Promise<void>
}

/** Returns a contestant that has had no turn. */
export function createContestant(server: RunningServer, row: RequestRow, askAt: AskAt): Contestant {
  let number = 0
  function next(): Ask {
    number += 1
    return askAt(number - 1)
  }
  return {
    server,
    row,
    turns: [],
    next,
    check() {
      const asked = number
      return checkAnswer(server, row, next(), asked)
    },
  }
}

/**
 * Gives each contestant a turn in each round, another one first each time. `tell` gets a line for each round.
 * Throws at a wrong answer, before, during or after a round.
 */
export async function takeTurns(
  contestants: readonly Contestant[],
  options: Options,
  tell: (line: string) => void,
): Promise<void> {
  for (const contestant of contestants) await contestant.check()
  tell('answers agree, warming up')
  for (const contestant of contestants) await warmUp(contestant, options)

  for (let round = 0; round < options.rounds; round++) {
    for (const contestant of rotated(contestants, round))
      contestant.turns.push(await takeTurn(contestant, options))
    for (const contestant of contestants) await contestant.check()
    tell(`round ${round + 1} of ${options.rounds}`)
  }
}

type Length = Pick<Options, 'seconds' | 'connections'>

/** A turn that nobody looks at. */
export async function warmUp(contestant: Contestant, length: Length): Promise<void> {
  await loaded(contestant, length)
}

function loaded({ server, row, next }: Contestant, { connections, seconds }: Length): Promise<Load> {
  const { status } = row.expected(server.row.name, 0)
  return load(server.origin, next, status, Math.min(connections, row.connections ?? connections), seconds)
}

const cpuMicroseconds = createCpuReader()

/** Loads one server for a turn, and returns what it took. */
export async function takeTurn(contestant: Contestant, length: Length): Promise<Turn> {
  const { pid } = contestant.server
  const generatorBefore = process.cpuUsage()
  const start = performance.now()
  const before = cpuMicroseconds(pid)
  const done = await loaded(contestant, length)
  const cpu = (cpuMicroseconds(pid) - before) / done.requests
  const { user, system } = process.cpuUsage(generatorBefore)
  const generator = (user + system) / 1000 / (performance.now() - start)
  return { ...done, cpu, resident: residentMegabytes(pid), generator }
}

/** No server always goes first, or always after the same one's heat. */
function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const first = by % Math.max(1, items.length)
  return [...items.slice(first), ...items.slice(0, first)]
}
