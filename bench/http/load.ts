import { Pool } from 'undici'
import type { Ask } from './ask.ts'
import { quantile } from './statistics.ts'

export interface Load {
  readonly requests: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/**
 * Asks a server what `next` returns, over a fixed number of kept connections, each sending its next request once the last one is
 * answered. Throws at the first answer of another status; the answers' bodies are read and not looked at.
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
  const start = performance.now()
  const stop = start + seconds * 1000

  async function askInTurn(): Promise<void> {
    for (let sent = performance.now(); sent < stop; sent = performance.now()) {
      const { statusCode, body } = await pool.request(next())
      if (statusCode !== status) throw new Error(`HTTP ${statusCode} under load: ${await body.text()}`)
      await body.dump()
      latencies.push(performance.now() - sent)
    }
  }

  try {
    await Promise.all(Array.from({ length: connections }, askInTurn))
  } finally {
    await pool.destroy()
  }
  return {
    requests: latencies.length,
    perSecond: latencies.length / ((performance.now() - start) / 1000),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  }
}
