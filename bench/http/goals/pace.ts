import { setImmediate as soon } from 'node:timers/promises'
import { closedLoop, openLoop } from '../../load/generate.ts'
import { portOf, requestBytes } from '../../load/wire.ts'
import { withServers } from '../child.ts'
import { type Options, rowNamed } from '../options.ts'
import { serverNamed } from '../servers.ts'
import { median, quantile } from '../statistics.ts'
import type { BenchIssuer } from '../token.ts'
import { type Goal, goalOf } from './goal.ts'

const SHARE_OF_PEAK = 0.7
const MOST_TIMES = 3
/** More than ever wait for their answers at such a rate, so that a request is sent when it is due. */
const CONNECTIONS = 256

/** Milliseconds between two looks at the clock: a timer's millisecond would send all that came due in it at once. */
const NAP = 0.1
const cell = new Int32Array(new SharedArrayBuffer(4))

interface Round {
  readonly peak: number
  readonly p50: number
  readonly p99: number
  readonly times: number
  /** Of what was due, in percent. */
  readonly unserved: number
}

/**
 * How even answers are at 70 % of the peak: requests come at a steady rate, whatever became of the ones before, and their
 * latency is counted from when they were due. The peak is measured anew in each round.
 */
export async function paceGoal(
  issuer: BenchIssuer,
  options: Options,
  tell: (line: string) => void,
): Promise<Goal> {
  const ours = await pacedRounds('ours', issuer, options, tell)
  // How even anybody is on this machine, whose cores have more to do than to serve.
  const theirs = await pacedRounds('mercurius', issuer, options, tell)
  const beside =
    ` (p50 ${ours.p50.toFixed(2)} ms, p99 ${ours.p99.toFixed(2)} ms, ` +
    `at ${(SHARE_OF_PEAK * ours.peak).toFixed(0)} requests a second, ` +
    `${ours.unserved.toFixed(1)} % not served; Mercurius ${theirs.times.toFixed(2)}, ` +
    `at ${(SHARE_OF_PEAK * theirs.peak).toFixed(0)})`
  const what = `${rowNamed('book').title}, at 70 % of the peak: p99 by p50`
  return goalOf(what, ours.times, ['under', MOST_TIMES], { beside })
}

/** Medians over the rounds of one server. */
async function pacedRounds(
  name: string,
  issuer: BenchIssuer,
  { rounds, seconds, connections }: Options,
  tell: (line: string) => void,
): Promise<Round> {
  const { path, headers, body } = (await rowNamed('book').asks(issuer))(0)
  return withServers([serverNamed(name)], issuer.issuer, async ([server]) => {
    if (server === undefined) throw new Error('No server was started')
    const load = { port: portOf(server.origin), bytes: requestBytes(path, headers, body), seconds }
    await closedLoop({ ...load, connections })
    const measured: Round[] = []
    for (let round = 0; round < rounds; round++) {
      measured.push(await paced(load, connections))
      tell(`pace, ${name}: round ${round + 1} of ${rounds}`)
    }
    const of = (column: keyof Round) => median(measured.map((one) => one[column]))
    return { peak: of('peak'), p50: of('p50'), p99: of('p99'), times: of('times'), unserved: of('unserved') }
  })
}

async function paced(
  load: { readonly port: number; readonly bytes: Buffer; readonly seconds: number },
  connections: number,
): Promise<Round> {
  const peak = servedOf(await closedLoop({ ...load, connections })).length / load.seconds
  const rate = SHARE_OF_PEAK * peak
  const served = servedOf(await openLoop({ ...load, connections: CONNECTIONS }, rate, nap))
  // Who was refused, or not answered by the end, waits for ever.
  const due = Math.round(rate * load.seconds)
  const others = Math.max(0, due - served.length)
  const latencies = [...served, ...new Array<number>(others).fill(Number.POSITIVE_INFINITY)]
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)]
  const times = Number.isFinite(p99) ? p99 / p50 : Number.POSITIVE_INFINITY
  return { peak, p50, p99, times, unserved: (100 * others) / due }
}

/** Looking at the clock all the time would take the core that the server's own helpers run on. */
async function nap(): Promise<void> {
  Atomics.wait(cell, 0, 0, NAP)
  await soon()
}

function servedOf({ latencies }: { readonly latencies: ReadonlyMap<number, readonly number[]> }) {
  return latencies.get(200) ?? []
}
