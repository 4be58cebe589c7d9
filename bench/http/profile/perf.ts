import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Samples a second: of a clock that runs while the process does, so that each is as much CPU. */
export const FREQUENCY = 4_000
const ATTACH_MS = 500
const MOST_BYTES = 1_000_000_000

/** What Node needs so that perf knows its functions by their names. */
export const NAMED = '--perf-basic-prof-only-functions'

/**
 * Samples all threads of a process while something is done.
 * @returns what `perf script` prints of it
 * @throws where there is no perf (Debian: linux-perf), or it may not look
 */
export async function sampled(pid: number, work: () => Promise<void>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'))
  const file = join(folder, 'perf.data')
  const record = ['record', '-q', '-e', 'cpu-clock', '-F', String(FREQUENCY), '-g', '-p', String(pid)]
  try {
    const perf = spawn('perf', [...record, '-o', file], { stdio: ['ignore', 'ignore', 'inherit'] })
    await once(perf, 'spawn')
    const exited = once(perf, 'exit')
    await wait(ATTACH_MS)
    await work()
    perf.kill('SIGINT')
    await exited
    const script = ['script', '-i', file, '-F', 'comm,tid,ip,sym']
    return execFileSync('perf', script, {
      encoding: 'utf8',
      maxBuffer: MOST_BYTES,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
    rmSync(`/tmp/perf-${pid}.map`, { force: true })
  }
}
