import { setTimeout as wait } from 'node:timers/promises'
import { type RunningServer, startServer } from '../http/child.ts'
import { load } from '../http/load.ts'
import { type ServerRow, serverNamed } from '../http/servers.ts'
import { startBenchIssuer } from '../http/token.ts'
import { residentMegabytes } from '../http/usage.ts'
import { type AskRow, asksOf } from './asks.ts'
import type { Sample } from './verdict.ts'

const SAMPLE_MILLISECONDS = 1_000
/** By then every memory of bounded size is full, and what comes after it is a leak. */
const FILL_SECONDS = 45

export interface MemoryOptions {
  readonly seconds: number
  /** Of each kind of request. */
  readonly connections: number
  /** The most that the server's heap may take, MiB: left to itself it saws up and down by hundreds, and hides a leak. */
  readonly heap: number
}

/**
 * Fills one real server's memories, then loads it with everything at once for so many seconds, and takes its memory
 * each second.
 * `tell` gets a line for each part. Throws at the first answer of another status.
 */
export async function measureMemory(
  { seconds, connections, heap }: MemoryOptions,
  tell: (line: string) => void,
): Promise<Sample[]> {
  const issuer = await startBenchIssuer()
  let server: RunningServer | undefined
  try {
    server = await startServer(withHeap(serverNamed('ours'), heap), issuer.issuer)
    const rows = await asksOf(issuer, tell)
    tell(`filling what is remembered, for ${FILL_SECONDS} s`)
    for (const row of rows.filter(({ fills }) => fills))
      await loadWith(server.origin, row, 4 * connections, FILL_SECONDS / 2)
    tell(`${rows.length} kinds of requests over ${connections} connections each, for ${seconds} s`)
    const sampling = new AbortController()
    const sampled = sample(server.pid, sampling.signal)
    const counts = await Promise.all(
      rows.map((row) => loadWith(server?.origin ?? '', row, connections, seconds)),
    )
    sampling.abort()
    for (const count of counts) tell(count)
    return await sampled
  } finally {
    await server?.stop()
    await issuer.close()
  }
}

const withHeap = (row: ServerRow, heap: number): ServerRow => ({
  ...row,
  arguments: [`--max-old-space-size=${heap}`, ...row.arguments],
})

async function loadWith(
  origin: string,
  { name, status, next }: AskRow,
  connections: number,
  seconds: number,
) {
  const { perSecond, p99, shed } = await load(origin, next, status, connections, seconds)
  return `${name}: ${perSecond.toFixed(0)}/s, 99 % within ${p99.toFixed(1)} ms${shed > 0 ? `; ${shed} refused for overload` : ''}`
}

async function sample(pid: number, signal: AbortSignal): Promise<Sample[]> {
  const samples: Sample[] = []
  const start = performance.now()
  while (!signal.aborted) {
    samples.push({ seconds: (performance.now() - start) / 1000, megabytes: residentMegabytes(pid) })
    await wait(SAMPLE_MILLISECONDS, undefined, { signal }).catch(() => undefined)
  }
  return samples
}
