import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './cli-process.ts'

/** Whether this user may mount: on a laptop mostly not, in CI always. */
export const canMount = ((): boolean => {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

const BLOCK = 4_096

/**
 * A disk of so many bytes that can be filled. Only what runs `through` it sees it where it is; others by `path`.
 * It ends with its holder, and nothing of it stays.
 */
export async function smallDisk(bytes: number) {
  const folder = temporaryFolder()
  const script = `mount -t tmpfs -o size=${bytes} tmpfs ${folder} && echo mounted && exec sleep infinity`
  const holder = spawn('unshare', ['-m', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  const path = (name: string) => join(`/proc/${holder.pid}/root`, folder, name)
  return {
    folder,
    path,
    through: ['nsenter', '-t', String(holder.pid), '-m'],
    /** To the last block. */
    fill(): void {
      try {
        for (;;) appendFileSync(path('ballast'), Buffer.alloc(BLOCK))
      } catch (error) {
        if ((error as { code?: string }).code !== 'ENOSPC') throw error
      }
    },
    empty: () => rmSync(path('ballast')),
    remount: (how: 'ro' | 'rw') =>
      void execFileSync('nsenter', ['-t', String(holder.pid), '-m', 'mount', '-o', `remount,${how}`, folder]),
    async close(): Promise<void> {
      const ended = once(holder, 'exit')
      holder.kill('SIGKILL')
      await ended
    },
  }
}
