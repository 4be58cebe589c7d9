import { Pool } from 'undici'
import type { Ask } from './ask.ts'
import { quantile } from './statistics.ts'

/** RFC 9110 §15.6.4: what a server says that has too much to do. */
const ENOUGH = 503

export interface Load {
  /** Those that were served. */
  readonly requests: number
  /** Those that were refused because the server had enough. */
  readonly shed: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/**
 * Asks a server what `next` returns, over a fixed number of kept connections, each sending its next request once the last
 * one is answered. A server may say that it has enough (503); throws at the first answer of any other status than the one
 * that is expected. The answers' bodies are read and not looked at.
 */
export async function load(
  origin: string,
  next: () => Ask,
  status: number,
  connections: number,
  seconds: number,
): Promise<Load> {
  const pool = new Pool(origin, { connections, pipelining: 1 })
  const latencies: number[] = []
  let shed = 0
  const start = performance.now()
  const stop = start + seconds * 1000

  async function askInTurn(): Promise<void> {
    for (let sent = performance.now(); sent < stop; sent = performance.now()) {
      const { statusCode, body } = await pool.request(next())
      if (statusCode !== status && statusCode !== ENOUGH)
        throw new Error(`HTTP ${statusCode} under load: ${await body.text()}`)
      await body.dump()
      if (statusCode === status) latencies.push(performance.now() - sent)
      else shed += 1
    }
  }

  try {
    await Promise.all(Array.from({ length: connections }, askInTurn))
  } finally {
    await pool.destroy()
  }
  return {
    requests: latencies.length,
    shed,
    perSecond: latencies.length / ((performance.now() - start) / 1000),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  }
}
