import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { UsageError } from '../../src/errors/exit-error.ts'
import { canPin, SERVER_CORE } from '../support/pinning.ts'
import { log } from '../support/report.ts'
import { apiCommand, type ServerCommand } from '../support/server-process.ts'

export const OTHER_CHECKOUT_NAME = 'other-checkout'
const PEERS = join(import.meta.dirname, 'peers')

const peer = (name: string, title: string): ServerCommand => ({
  name,
  title,
  args: [`bench/http/peers/${name}.ts`],
  ready: { path: '/graphql' },
})

/** Keeps a server to one core. */
export const pinned = (command: ServerCommand): ServerCommand =>
  canPin ? { ...command, core: SERVER_CORE } : command

/** The servers of the `http` reports. Each keeps its books in SQLite, in memory unless the row has another database. */
export const SERVERS: readonly ServerCommand[] = [
  apiCommand(),
  peer('mercurius', 'Mercurius, JIT'),
  peer('yoga', 'Yoga'),
  peer('apollo-standalone', 'Apollo standalone'),
]

/** @throws UsageError for an unknown name */
export function findServer(name: string): ServerCommand {
  const server = SERVERS.find((candidate) => candidate.name === name)
  if (server) return server
  throw new UsageError(`--servers must be among ${SERVERS.map((known) => known.name).join(', ')}`)
}

/** Returns the API of another checkout, which has its own node_modules. @throws UsageError without one at the path */
export function checkoutServer(path: string): ServerCommand {
  const cwd = resolve(path)
  if (!existsSync(join(cwd, 'src/main.ts')) || !existsSync(join(cwd, 'node_modules')))
    throw new UsageError(`--beside must be a checkout with node_modules: ${cwd}`)
  return { ...apiCommand(), name: OTHER_CHECKOUT_NAME, title: basename(cwd), cwd }
}

/** Installs the peers' packages unless they are installed. @throws Error when npm fails */
export function installPeers(): void {
  if (existsSync(join(PEERS, 'node_modules'))) return
  log('installing bench/http/peers')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: PEERS,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) throw new Error('npm could not install the packages of bench/http/peers')
}
