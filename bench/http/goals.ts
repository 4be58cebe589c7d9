import { type BenchIssuer, withIssuer } from '../support/issuer.ts'
import { closedLoop, latenciesOf, openLoop } from '../support/load-generator.ts'
import { log } from '../support/report.ts'
import { API_NAME, withServer } from '../support/server-process.ts'
import { median, medianBy, quantile, roundRatios } from '../support/statistics.ts'
import { type Goal, judgeGoals } from './judge-goals.ts'
import { MeasuredServer, type MeasureOptions, measureInterleaved } from './measure.ts'
import { findRow } from './rows.ts'
import { findServer, pinned } from './servers.ts'
import { describeConditions, measureRow, ratiosTo } from './tables.ts'

/** Upper bounds of this project's CPU by that of a peer. */
const RATIO_GOALS: readonly { readonly row: string; readonly peer: string; readonly bound: number }[] = [
  { row: 'book', peer: 'mercurius', bound: 0.95 },
  { row: 'page', peer: 'mercurius', bound: 1 },
  { row: 'documents', peer: 'mercurius', bound: 1.1 },
  { row: 'documents', peer: 'apollo-standalone', bound: 1 },
  { row: 'new-tokens', peer: 'mercurius', bound: 1.1 },
  { row: 'write', peer: 'mercurius', bound: 1.3 },
]
/** Rejections for which no signature is verified. They must not cost more than one book. */
const REJECTIONS = ['no-scope', 'no-token']
const MAX_RESIDENT_MB = 200
const MAX_FIRST_SECOND = 1.2
const STARTED_PEERS = ['mercurius', 'apollo-standalone']
const PEAK_SHARE = 0.7
/** Enough that a request at 70 % of the peak never waits for a connection. */
const PACED_CONNECTIONS = 256

/** Measures every performance goal, and prints a table of the results. @returns whether all goals are met */
export function reportGoals(options: MeasureOptions): Promise<boolean> {
  return withIssuer(async (issuer) => {
    const goals = [
      ...(await measureRatios(issuer, options)),
      ...(await measureRejections(issuer, options)),
      await measurePacedLatency(issuer, options),
      ...(await measureStarts(issuer, options)),
    ]
    const { text, areMet } = judgeGoals(goals)
    console.log(`${describeConditions(options)}\n\n${text}`)
    return areMet
  })
}

/** Compares the CPU with that of peers, one row after the other. */
async function measureRatios(issuer: BenchIssuer, options: MeasureOptions): Promise<Goal[]> {
  const goals: Goal[] = []
  for (const [row, rowGoals] of Map.groupBy(RATIO_GOALS, (goal) => goal.row)) {
    const commands = [API_NAME, ...rowGoals.map(({ peer }) => peer)].map(findServer)
    const { servers } = await measureRow(findRow(row), commands, issuer, options)
    const [api] = servers as [MeasuredServer]
    for (const { peer, bound } of rowGoals) {
      const measured = servers.find(({ server }) => server.command.name === peer) as MeasuredServer
      goals.push({
        title: `${api.row.title}: CPU of this project by that of ${measured.server.command.title}`,
        value: median(ratiosTo(servers, measured)),
        bound,
        note: describeCosts(api, measured),
      })
    }
  }
  return goals
}

const describeCosts = (...servers: readonly MeasuredServer[]) =>
  ` (${servers.map((each) => each.median('cpuPerRequest').toFixed(1)).join(' to ')} µs)`

/** Compares rejections with one book by id, on one server. */
function measureRejections(issuer: BenchIssuer, options: MeasureOptions): Promise<Goal[]> {
  return withServer(pinned(findServer(API_NAME)), issuer.url, async (server) => {
    const rows = [findRow('book'), ...REJECTIONS.map(findRow)]
    const measured: MeasuredServer[] = []
    for (const row of rows) measured.push(new MeasuredServer(server, row, await row.prepare(issuer)))
    await measureInterleaved(measured, options)
    const [book, ...rejecting] = measured as [MeasuredServer, ...MeasuredServer[]]
    const goals = rejecting.map((one): Goal => {
      const ratios = roundRatios(one.values('cpuPerRequest'), book.values('cpuPerRequest'))
      return {
        title: `${one.row.title}: CPU by that of one book`,
        value: median(ratios),
        bound: 1,
        note: describeCosts(one, book),
      }
    })
    const residentMb = book.median('residentMb')
    const title = `${book.row.title}: resident at peak load`
    return [...goals, { title, value: residentMb, bound: MAX_RESIDENT_MB, digits: 0, unit: ' MB' }]
  })
}

/** Measures latency at a steady 70 % of the peak. Mercurius shows how even latency can be on this machine. */
async function measurePacedLatency(issuer: BenchIssuer, options: MeasureOptions): Promise<Goal> {
  const api = await measurePaced(API_NAME, issuer, options)
  const mercurius = await measurePaced('mercurius', issuer, options)
  const ratio = (rounds: readonly PacedRound[]) => medianBy(rounds, ({ p50, p99 }) => p99 / p50)
  const format = (figure: keyof PacedRound, digits: number, rounds = api) =>
    medianBy(rounds, (round) => round[figure]).toFixed(digits)
  return {
    title: `${findRow('book').title}, at 70 % of the peak: p99 by p50`,
    value: ratio(api),
    bound: 3,
    note:
      ` (p50 ${format('p50', 2)} ms, p99 ${format('p99', 2)} ms, at ${format('rate', 0)} requests a second, ` +
      `${format('unservedPercent', 1)} % not served; Mercurius ${ratio(mercurius).toFixed(2)}, at ${format('rate', 0, mercurius)})`,
  }
}

interface PacedRound {
  /** Requests per second. */
  readonly rate: number
  readonly p50: number
  readonly p99: number
  readonly unservedPercent: number
}

async function measurePaced(
  name: string,
  issuer: BenchIssuer,
  options: MeasureOptions,
): Promise<PacedRound[]> {
  const { rounds, seconds, connections } = options
  const { request } = await findRow('book').prepare(issuer)
  return withServer(pinned(findServer(name)), issuer.url, async ({ port }) => {
    const load = { port, next: () => request, seconds }
    const measured: PacedRound[] = []
    await closedLoop({ ...load, connections })
    for (let round = 1; round <= rounds; round++) {
      const peak = await closedLoop({ ...load, connections })
      const rate = (PEAK_SHARE * latenciesOf(peak, 200).length) / peak.seconds
      const served = latenciesOf(await openLoop({ ...load, connections: PACED_CONNECTIONS }, rate), 200)
      const due = Math.round(rate * seconds)
      const unserved = Math.max(0, due - served.length)
      // A request that was rejected, or not answered by the end, has an infinite latency.
      const latencies = [...served, ...Array<number>(unserved).fill(Number.POSITIVE_INFINITY)]
      const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)]
      measured.push({ rate, p50, p99, unservedPercent: (100 * unserved) / due })
      log(`latency of ${name}: round ${round} of ${rounds}`)
    }
    return measured
  })
}

/** Measures starts. A peer is ready once it responds, without having fetched the issuer's keys. */
async function measureStarts(issuer: BenchIssuer, options: MeasureOptions): Promise<Goal[]> {
  const { rounds } = options
  const starts = [API_NAME, ...STARTED_PEERS].map((name) => ({
    command: findServer(name),
    seconds: [] as number[],
  }))
  const firstSeconds: number[] = []
  const book = findRow('book')
  const template = await book.prepare(issuer)
  for (let round = 0; round < rounds; round++)
    for (const { command, seconds } of starts)
      await withServer(pinned(command), issuer.url, async (server) => {
        seconds.push(server.startMs / 1_000)
        if (command.name !== API_NAME) return
        const measured = new MeasuredServer(server, book, template)
        const first = await measured.load({ ...options, seconds: 1 })
        await measured.warmUp(options)
        firstSeconds.push(first.cpuPerRequest / (await measured.load(options)).cpuPerRequest)
      })
  const [api = Number.NaN, ...peers] = starts.map(({ seconds }) => median(seconds))
  const others = peers.map((seconds, index) => `${starts[index + 1]?.command.title} ${seconds.toFixed(2)} s`)
  return [
    { title: 'from start to ready', value: api, bound: 1.5, unit: ' s', note: ` (${others.join(', ')})` },
    {
      title: `${book.title}, in the first second: CPU by that of the steady state`,
      value: median(firstSeconds),
      bound: MAX_FIRST_SECOND,
    },
  ]
}
