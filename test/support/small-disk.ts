import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from './cli-process.ts'

/** Whether this user may mount: on a laptop mostly not, in CI always. */
export const canMountTmpfs = ((): boolean => {
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
export async function mountSmallDisk(bytes: number) {
  const folder = createTemporaryFolder()
  const script = `mount -t tmpfs -o size=${bytes} tmpfs ${folder} && echo mounted && exec sleep infinity`
  const holder = spawn('unshare', ['-m', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  const hostPath = (name: string) => join(`/proc/${holder.pid}/root`, folder, name)
  return {
    folder,
    path: hostPath,
    wrapperCommand: ['nsenter', '-t', String(holder.pid), '-m'],
    /** To the last block. */
    fill(): void {
      try {
        for (;;) appendFileSync(hostPath('ballast'), Buffer.alloc(BLOCK))
      } catch (error) {
        if ((error as { code?: string }).code !== 'ENOSPC') throw error
      }
    },
    removeBallast: () => rmSync(hostPath('ballast')),
    remount: (mode: 'ro' | 'rw') =>
      void execFileSync('nsenter', [
        '-t',
        String(holder.pid),
        '-m',
        'mount',
        '-o',
        `remount,${mode}`,
        folder,
      ]),
    async close(): Promise<void> {
      const ended = once(holder, 'exit')
      holder.kill('SIGKILL')
      await ended
    },
  }
}
