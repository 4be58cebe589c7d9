import { addBooks, MeasuredServer } from '../http/measure.ts'
import { findRow } from '../http/rows.ts'
import { withIssuer } from '../support/issuer.ts'
import { type LoadRequest, latenciesOf, openLoop } from '../support/load-generator.ts'
import { readCpuMicros } from '../support/process-usage.ts'
import { markdownTable } from '../support/report.ts'
import { apiCommand, withServer } from '../support/server-process.ts'
import { medianBy, quantile } from '../support/statistics.ts'

const ROUNDS = 3
/** Enough connections to keep the server busy, and few enough that no request is shed. */
const PEAK = { connections: 32, seconds: 1 }
/** Enough connections that a request finds an idle one. */
const FLOOD = { connections: 1_000, seconds: 1.6 }
const FLOOD_FACTOR = 3
const HEALTH_PATHS = ['/healthz', '/readyz']
const HEALTH_CHECKS_PER_SECOND = 40
const MIN_SERVED_SHARE = 0.85
const MAX_REFUSAL_MS = 100

/** Loads the API with three times its peak rate. @returns whether the goal is met for a page of books */
export function runLoad(): Promise<boolean> {
  return withIssuer((issuer) =>
    withServer(apiCommand(), issuer.url, async (server) => {
      const [page, book] = [findRow('page'), findRow('book')]
      await addBooks([server], page, issuer)
      const [pages, books] = [await page.prepare(issuer), await book.prepare(issuer)]
      const isMet = await measureOverload(new MeasuredServer(server, page, pages), pages.request)
      // Not judged: shedding two requests for each response costs more than a tenth of a response that is so cheap.
      await measureOverload(new MeasuredServer(server, book, books), books.request)
      return isMet
    }),
  )
}

/**
 * Sends three times the peak rate, and prints the share of the peak that is served, the latency of refusals, and that of
 * health checks meanwhile.
 * @returns whether 85 % of the peak are served, 99 % of refusals take less than 100 ms, and every health check succeeds
 */
async function measureOverload(measured: MeasuredServer, request: LoadRequest): Promise<boolean> {
  const { port, pid } = measured.server
  await measured.load({ ...PEAK, seconds: 2 })
  const rows = []
  let before = await measured.load(PEAK)
  for (let round = 1; round <= ROUNDS; round++) {
    const offered = FLOOD_FACTOR * before.perSecond
    const cpuBefore = readCpuMicros(pid)
    const [flood, health] = await Promise.all([
      openLoop({ port, next: () => request, ...FLOOD }, offered),
      checkHealth(port),
    ])
    const cpuMicros = readCpuMicros(pid) - cpuBefore
    const after = await measured.load(PEAK)
    const [served, refused] = [latenciesOf(flood, 200), latenciesOf(flood, 503)]
    // The machine's speed changes from second to second: the peak at the flood's time lies between the two.
    const peakPerSecond = (before.perSecond + after.perSecond) / 2
    const answerMicros = (before.cpuPerRequest + after.cpuPerRequest) / 2
    rows.push({
      round,
      'peak/s': Math.round(peakPerSecond),
      'offered/s': Math.round(offered),
      'served/s': Math.round(served.length / flood.seconds),
      'served p50, p99 ms': [0.5, 0.99].map((share) => quantile(served, share).toFixed(1)).join(', '),
      'refused p99 ms': Number(quantile(refused, 0.99).toFixed(1)),
      'CPU µs/answer': Math.round(answerMicros),
      'CPU µs/refusal': Math.round((cpuMicros - answerMicros * served.length) / refused.length),
      'health checks': health.sent,
      answered: health.answered,
      'slowest ms': health.slowestMs.toFixed(1),
      'generator, cores': flood.generatorCores.toFixed(2),
    })
    before = after
  }
  const servedShare = medianBy(rows, (row) => row['served/s'] / row['peak/s'])
  const refusalMs = medianBy(rows, (row) => row['refused p99 ms'])
  console.log(`\n**${measured.row.title}**\n\n${markdownTable(rows)}`)
  console.log(
    `\nMedians: ${(100 * servedShare).toFixed(1)} % of the peak (goal 85 %), refusals p99 ${refusalMs} ms (goal < 100 ms).`,
  )
  const isHealthy = rows.every((row) => row.answered === row['health checks'] && row.answered > 0)
  return servedShare >= MIN_SERVED_SHARE && refusalMs < MAX_REFUSAL_MS && isHealthy
}

async function checkHealth(port: number) {
  let count = 0
  const next = () => ({ path: HEALTH_PATHS[count++ % HEALTH_PATHS.length] ?? '' })
  const load = { port, next, connections: HEALTH_PATHS.length, seconds: FLOOD.seconds }
  const latencies = latenciesOf(await openLoop(load, HEALTH_CHECKS_PER_SECOND), 200)
  // The last responses may be on their way at the end.
  const sent = Math.max(latencies.length, count - HEALTH_PATHS.length)
  return { answered: latencies.length, sent, slowestMs: Math.max(...latencies) }
}
