import { checkAnswers } from './check.ts'
import { type RunningServer, startServer } from './child.ts'
import { type Ask, type Load, load } from './load.ts'
import type { Options } from './options.ts'
import { type RequestRow, requests } from './requests.ts'
import { type BenchIssuer, startBenchIssuer } from './token.ts'
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

export interface Measured {
  readonly request: RequestRow
  /** By server's name, a turn for each round. */
  readonly turns: ReadonlyMap<string, readonly Turn[]>
}

/**
 * Starts the servers and the issuer, measures every request row, and stops them whatever happens.
 * `tell` gets a line for each round. Throws at a wrong answer, before, during or after a round.
 */
export async function measureAll(options: Options, tell: (line: string) => void): Promise<Measured[]> {
  const issuer = await startBenchIssuer()
  const running: RunningServer[] = []
  try {
    for (const row of options.servers) running.push(await startServer(row, issuer.issuer))
    const measured: Measured[] = []
    for (const row of requests) measured.push(await measureRequest(row, running, issuer, options, tell))
    return measured
  } finally {
    await Promise.all(running.map((server) => server.stop()))
    await issuer.close()
  }
}

async function measureRequest(
  request: RequestRow,
  running: readonly RunningServer[],
  issuer: BenchIssuer,
  { rounds, seconds, connections }: Options,
  tell: (line: string) => void,
): Promise<Measured> {
  const asked = running.filter(({ row }) => request.servers?.includes(row.name) ?? true)
  const ask = await askOf(request, issuer)
  const { status } = request.expected
  const turns = new Map<string, Turn[]>(asked.map(({ row }) => [row.name, []]))

  await checkAnswers(asked, request, ask)
  tell(`${request.name}: answers agree, warming up`)
  for (const server of asked) await load(server.origin, ask, status, connections, seconds)

  const takeTurn = createTakeTurn(ask, status, connections, seconds)
  for (let round = 0; round < rounds; round++) {
    for (const server of rotated(asked, round)) turns.get(server.row.name)?.push(await takeTurn(server))
    await checkAnswers(asked, request, ask)
    tell(`${request.name}: round ${round + 1} of ${rounds}`)
  }
  return { request, turns }
}

function createTakeTurn(ask: Ask, status: number, connections: number, seconds: number) {
  const cpuMicroseconds = createCpuReader()

  return async function takeTurn({ origin, pid }: RunningServer): Promise<Turn> {
    const generatorBefore = process.cpuUsage()
    const start = performance.now()
    const before = cpuMicroseconds(pid)
    const done = await load(origin, ask, status, connections, seconds)
    const cpu = (cpuMicroseconds(pid) - before) / done.requests
    const { user, system } = process.cpuUsage(generatorBefore)
    const generator = (user + system) / 1000 / (performance.now() - start)
    return { ...done, cpu, resident: residentMegabytes(pid), generator }
  }
}

/** No server always goes first, or always after the same one's heat. */
function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const first = by % Math.max(1, items.length)
  return [...items.slice(first), ...items.slice(0, first)]
}

async function askOf({ scopes, query, variables }: RequestRow, issuer: BenchIssuer): Promise<Ask> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const body = JSON.stringify({ query, variables })
  if (scopes === undefined) return { headers, body }
  return { headers: { ...headers, authorization: `Bearer ${await issuer.accessToken(scopes)}` }, body }
}
