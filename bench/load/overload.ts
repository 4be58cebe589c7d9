import { median, quantile } from '../http/statistics.ts'
import { createCpuReader } from '../http/usage.ts'
import { type Answers, closedLoop, openLoop } from './generate.ts'
import { type Probed, probe } from './probe.ts'
import type { Stage } from './stage.ts'
import { portOf } from './wire.ts'

const ROUNDS = 3
const WARM_SECONDS = 2
const PEAK_SECONDS = 0.8
const FLOOD_SECONDS = 1.6
/** Enough that each request finds one that waits for no answer. */
const FLOOD_CONNECTIONS = 1_000
/** As many as keep the server busy, and let no request wait so long that it is refused. */
const PEAK_CONNECTIONS = 32
const TIMES = 3
const GOAL = { goodput: 0.9, refusalMs: 50 }

type Peak = {
  readonly perSecond: number
  /** Answers in a second of the server's CPU: others on the machine do not change it. */
  readonly perCpu: number
}
type Round = { readonly peak: Peak; readonly flood: Answers; readonly perCpu: number }
type Load = { readonly port: number; readonly bytes: Buffer; readonly pid: number }

/**
 * Three times the rate that it can bear at most. Prints what is left of the rate, how fast the rest is refused, and how
 * health was answered meanwhile.
 * @returns whether of what is judged 90 % are left, 99 % of refusals take less than 50 ms, and health was always answered
 */
export async function benchOverload({ server, asks }: Stage): Promise<boolean> {
  let met = true
  for (const { name, bytes, judged } of asks) {
    console.log(`\n**${name}**\n`)
    const reached = await floodWith({ port: portOf(server.origin), bytes, pid: server.pid })
    if (judged) met = reached
    else console.log('Not judged: here to refuse twice would take as long as what it must leave time for.')
  }
  return met
}

async function floodWith(load: Load): Promise<boolean> {
  const measure = measurer(load.pid)
  const peakOf = async (seconds: number): Promise<Peak> => {
    const { answers, perCpu } = await measure(closedLoop({ ...load, connections: PEAK_CONNECTIONS, seconds }))
    return { perSecond: served(answers), perCpu }
  }
  await peakOf(WARM_SECONDS)
  const rounds: Round[] = []
  const probed: Probed[] = []
  let before = await peakOf(PEAK_SECONDS)
  for (let i = 0; i < ROUNDS; i++) {
    const health = await probe(load.port, ['/healthz', '/readyz'])
    const flood = { ...load, connections: FLOOD_CONNECTIONS, seconds: FLOOD_SECONDS }
    const { answers, perCpu } = await measure(openLoop(flood, TIMES * before.perSecond))
    probed.push(...health.stop())
    const after = await peakOf(PEAK_SECONDS)
    // The machine is not the same from second to second: what it could do then is between before and after.
    const mean = (of: keyof Peak) => (before[of] + after[of]) / 2
    const peak = { perSecond: mean('perSecond'), perCpu: mean('perCpu') }
    rounds.push({ peak, flood: answers, perCpu })
    before = after
  }
  return report(rounds, probed)
}

/** Counts answers by the CPU of the server, too. */
function measurer(pid: number) {
  const cpuMicroseconds = createCpuReader()
  return async function measure(load: Promise<Answers>) {
    const before = cpuMicroseconds(pid)
    const answers = await load
    const count = answers.latencies.get(200)?.length ?? 0
    return { answers, perCpu: count / ((cpuMicroseconds(pid) - before) / 1e6) }
  }
}

function report(rounds: readonly Round[], probed: readonly Probed[]): boolean {
  console.log(
    '| round | peak/s | offered/s | served/s | of the peak | by CPU of the server | refused/s | other | served p50, p99 ms | refused p50, p99 ms | generator, cores |',
  )
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
  rounds.forEach((round, i) => {
    console.log(`| ${[i + 1, ...row(round)].join(' | ')} |`)
  })
  console.log('\n| health meanwhile | answered | of | slowest ms |\n| --- | ---: | ---: | ---: |')
  for (const { path, answered, asked, slowest } of probed)
    console.log(`| ${path} | ${answered} | ${asked} | ${slowest.toFixed(1)} |`)
  const costs = rounds.map(({ peak, flood, perCpu }) => {
    const refused = (flood.latencies.get(503)?.length ?? 0) / (flood.latencies.get(200)?.length ?? 0)
    return { answer: 1e6 / peak.perCpu, refusal: (1e6 / perCpu - 1e6 / peak.perCpu) / refused }
  })
  const cost = (of: 'answer' | 'refusal') => median(costs.map((one) => one[of])).toFixed(0)
  console.log(`\nCPU of the server: ${cost('answer')} µs for an answer, ${cost('refusal')} µs for a refusal.`)
  const goodput = median(rounds.map(({ peak, flood }) => served(flood) / peak.perSecond))
  const refusal = median(rounds.map(({ flood }) => quantile(flood.latencies.get(503) ?? [], 0.99)))
  const healthy = probed.every(({ answered, asked }) => answered === asked && asked > 0)
  console.log(
    `\nMedians: ${percent(goodput)} of the peak (goal 90 %), refusals p99 ${refusal.toFixed(1)} ms (goal < 50 ms).`,
  )
  return goodput >= GOAL.goodput && refusal < GOAL.refusalMs && healthy
}

const served = ({ perSecond }: Answers) => perSecond.get(200) ?? 0
const percent = (share: number) => `${(share * 100).toFixed(1)} %`

function row({ peak, flood, perCpu }: Round): readonly string[] {
  const { perSecond, latencies, offered, core } = flood
  const refused = perSecond.get(503) ?? 0
  const all = [...perSecond.values()].reduce((sum, one) => sum + one, 0)
  const times = (status: number) =>
    [0.5, 0.99].map((share) => quantile(latencies.get(status) ?? [], share).toFixed(1)).join(', ')
  return [
    ...[peak.perSecond, offered, served(flood)].map((rate) => rate.toFixed(0)),
    percent(served(flood) / peak.perSecond),
    percent(perCpu / peak.perCpu),
    ...[refused, all - served(flood) - refused].map((rate) => rate.toFixed(0)),
    times(200),
    times(503),
    core.toFixed(2),
  ]
}
