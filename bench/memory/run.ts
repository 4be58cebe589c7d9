import { setTimeout as sleep } from 'node:timers/promises'
import { addBooks, MeasuredServer } from '../http/measure.ts'
import { findRow } from '../http/rows.ts'
import { withIssuer } from '../support/issuer.ts'
import { readResidentMb } from '../support/process-usage.ts'
import { log } from '../support/report.ts'
import { apiCommand, withServer } from '../support/server-process.ts'
import { median } from '../support/statistics.ts'

export interface MemoryOptions {
  readonly minutes: number
  /** Connections of each row. */
  readonly connections: number
  /** Limit of V8's old space in MiB. Without one it varies by hundreds of MB, which hides a leak. */
  readonly heap: number
}

const ROWS = ['book', 'page', 'documents', 'new-tokens', 'no-scope', 'bad-signature']
/** Rows that fill the caches of documents and tokens before memory is sampled. */
const FILLING_ROWS = ['documents', 'new-tokens']
const FILL_SECONDS = 22
const SAMPLE_MS = 1_000
/** Upper bound of the last third's median by that of the second third. */
const MAX_GROWTH = 1.05

/** Loads one API with all kinds of requests at once. @returns whether its memory stays flat */
export async function runMemory({ minutes, connections, heap }: MemoryOptions): Promise<boolean> {
  const seconds = Math.round(minutes * 60)
  const samples = await withIssuer((issuer) =>
    withServer(apiCommand({}, [`--max-old-space-size=${heap}`]), issuer.url, async (server) => {
      await addBooks([server], findRow('page'), issuer)
      const measuredServers: MeasuredServer[] = []
      for (const row of ROWS.map(findRow))
        measuredServers.push(new MeasuredServer(server, row, await row.prepare(issuer)))
      for (const measured of measuredServers.filter(({ row }) => FILLING_ROWS.includes(row.name)))
        await measured.load({ connections: 4 * connections, seconds: FILL_SECONDS })
      log(`${ROWS.join(', ')}: ${connections} connections each, for ${seconds} s`)
      const load = Promise.all(measuredServers.map((measured) => measured.load({ connections, seconds })))
      const residentMb: number[] = []
      for (let second = 0; second < seconds; second++) {
        residentMb.push(readResidentMb(server.pid))
        await sleep(SAMPLE_MS)
      }
      for (const [index, { perSecond, p99Ms, shedPerSecond }] of (await load).entries())
        log(
          `${ROWS[index]}: ${perSecond.toFixed(0)}/s, p99 ${p99Ms.toFixed(1)} ms, ${shedPerSecond.toFixed(0)}/s shed`,
        )
      return residentMb
    }),
  )
  const third = Math.floor(samples.length / 3)
  const second = median(samples.slice(third, 2 * third))
  const last = median(samples.slice(2 * third))
  const growth = last / second
  console.log(
    `Slope of the last two thirds: ${slope(samples.slice(third)).toFixed(1)} MB a minute. Median of the second third ` +
      `${second.toFixed(0)} MB, of the last ${last.toFixed(0)} MB: ${growth.toFixed(3)} of it, at most ${MAX_GROWTH} is flat.`,
  )
  return growth <= MAX_GROWTH
}

/** Returns the least-squares slope of samples taken each second, per minute. */
function slope(samples: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const x = (samples.length - 1) / 2
  const y = mean(samples)
  const covariance = mean(samples.map((sample, second) => (second - x) * (sample - y)))
  return (60 * covariance) / mean(samples.map((_, second) => (second - x) ** 2))
}
