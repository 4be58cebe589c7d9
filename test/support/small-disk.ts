import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from './temporary-folder.ts'

/** True if this user may mount file systems: rarely on a laptop, always in CI. */
export const canMountTmpfs = ((): boolean => {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

const BLOCK_BYTES = 4_096

/**
 * Mounts a tmpfs of a given size in a mount namespace of its own. Commands run with `wrapperCommand` see it at `folder`;
 * this process reaches its files by `path`. It disappears with the process that holds the namespace.
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
    /** Writes a file until the disk is full. */
    fill(): void {
      try {
        for (;;) appendFileSync(hostPath('ballast'), Buffer.alloc(BLOCK_BYTES))
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
      const exited = once(holder, 'exit')
      holder.kill('SIGKILL')
      await exited
    },
  }
}
