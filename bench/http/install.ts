import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const folder = import.meta.dirname

/**
 * Installs the peers and the load generator into bench/http/node_modules unless a finished install is there.
 * Says so on stderr; throws where npm fails. It does not look for newer versions.
 */
export function installPeers(): void {
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return
  process.stderr.write('bench: installing the peers and the load generator into bench/http/node_modules\n')
  const { status, error } = spawnSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0)
    throw new Error('npm could not install what bench/http/package.json lists', { cause: error })
}
