import { type BenchIssuer, withIssuer } from '../support/issuer.ts'
import { closedLoop, latenciesOf, openLoop } from '../support/load-generator.ts'
import { log } from '../support/report.ts'
import { API_NAME, withServer, withServers } from '../support/server-process.ts'
import { median, medianBy, quantile, roundRatios } from '../support/statistics.ts'
import { type Goal, judgeGoals } from './judge-goals.ts'
import { MeasuredServer, type MeasureOptions, measureInterleaved } from './measure.ts'
import { findRow } from './rows.ts'
import { findServer, pinned } from './servers.ts'
import { describeConditions } from './tables.ts'

const SERVER_NAMES = [API_NAME, 'apollo-standalone', 'mercurius']
const MAX_RATIOS: Readonly<Record<string, number>> = { 'apollo-standalone': 0.3, mercurius: 1 }
const REJECTIONS = ['no-scope', 'no-token', 'bad-signature']
const PEAK_SHARE = 0.7
/** Enough that a request at 70 % of the peak never waits for a connection. */
const PACED_CONNECTIONS = 256

/** Measures every performance goal, and prints a table of the results. @returns whether all goals are met */
export function reportGoals(options: MeasureOptions): Promise<boolean> {
  return withIssuer(async (issuer) => {
    const costs = await measureCosts(issuer, options)
    const goals = [...costs, await measurePacedLatency(issuer, options), await measureStarts(issuer, options)]
    const { text, areMet } = judgeGoals(goals)
    console.log(`${describeConditions(options)}\n\n${text}`)
    return areMet
  })
}

/** Compares one book by id with the peers' and with rejections, in one run. */
function measureCosts(issuer: BenchIssuer, options: MeasureOptions): Promise<Goal[]> {
  return withServers(SERVER_NAMES.map(findServer).map(pinned), issuer.url, async (servers) => {
    const book = findRow('book')
    const template = await book.prepare(issuer)
    const served = servers.map((server) => new MeasuredServer(server, book, template))
    const [api, ...peers] = served as [MeasuredServer, ...MeasuredServer[]]
    const rejecting: MeasuredServer[] = []
    for (const row of REJECTIONS.map(findRow))
      rejecting.push(new MeasuredServer(api.server, row, await row.prepare(issuer)))
    await measureInterleaved([...served, ...rejecting], options)

    const compare = (title: string, one: MeasuredServer, other: MeasuredServer, bound: number): Goal => ({
      title,
      value: median(roundRatios(one.values('cpuPerRequest'), other.values('cpuPerRequest'))),
      bound,
      note: ` (${[one, other].map((each) => each.median('cpuPerRequest').toFixed(1)).join(' to ')} µs)`,
    })
    const residentMb = api.median('residentMb')
    return [
      ...peers.map((peer) => {
        const { name, title } = peer.server.command
        const bound = MAX_RATIOS[name] ?? Number.NaN
        return compare(`${book.title}: CPU of this project by that of ${title}`, api, peer, bound)
      }),
      ...rejecting.map((one) => compare(`${one.row.title}: CPU by that of one book`, one, api, 1)),
      {
        title: `${book.title}: resident at peak load`,
        value: residentMb,
        bound: 200,
        digits: 0,
        unit: ' MB',
      },
    ]
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
async function measureStarts(issuer: BenchIssuer, { rounds }: MeasureOptions): Promise<Goal> {
  const starts = SERVER_NAMES.map((name) => ({ command: findServer(name), seconds: [] as number[] }))
  for (let round = 0; round < rounds; round++)
    for (const { command, seconds } of starts)
      await withServer(command, issuer.url, async ({ startMs }) => seconds.push(startMs / 1_000))
  const [api = Number.NaN, ...peers] = starts.map(({ seconds }) => median(seconds))
  const others = peers.map((seconds, index) => `${starts[index + 1]?.command.title} ${seconds.toFixed(2)} s`)
  return {
    title: 'from start to ready',
    value: api,
    bound: 1.5,
    unit: ' s',
    note: ` (${others.join(', ')})`,
  }
}
