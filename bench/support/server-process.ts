import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiProcess } from '../../test/support/api-process.ts'
import { findFreePort } from '../../test/support/free-port.ts'

type Environment = Readonly<Record<string, string>>

/** A server and its command line; it also gets PORT and OKTA_ISSUER. */
export interface ServerCommand {
  readonly name: string
  readonly title: string
  /** Arguments of node. */
  readonly args: readonly string[]
  readonly env?: Environment
  /** The project's root by default. */
  readonly cwd?: string
  /** The one core that it may use; all by default. */
  readonly core?: number | undefined
  /** Any response counts without a status. */
  readonly ready: { readonly path: string; readonly status?: number }
}

export interface ServerProcess extends ApiProcess {
  readonly command: ServerCommand
  readonly pid: number
  readonly port: number
  readonly origin: string
  /** From the start of the process until it is ready. */
  readonly startMs: number
  /** Returns the end of what it printed. */
  output(): string
  /** Sends SIGTERM, and SIGKILL after a timeout; resolves with the exit status. */
  stop(): Promise<number | null>
}

const ROOT = join(import.meta.dirname, '../..')
const READY_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 20_000
const POLL_MS = 10
const KEPT_CHARACTERS = 4_000

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** The name of this project's API for `--servers`. */
export const API_NAME = 'fakebook'

/** Returns the command of this project's API as `npm run api` starts it. */
export function apiCommand(env: Environment = {}, nodeArgs: readonly string[] = []): ServerCommand {
  const defaults = {
    DATABASE_URL: 'file::memory:',
    LOG_LEVEL: 'warn',
    NODE_COMPILE_CACHE: 'build/compile-cache',
  }
  return {
    name: API_NAME,
    title: 'this project',
    args: [...nodeArgs, '--max-semi-space-size=8', 'src/main.ts', 'api'],
    env: { ...defaults, ...env },
    ready: { path: '/readyz', status: 200 },
  }
}

/** Starts node in production mode. The child ends with this process, unless this process gets SIGKILL. */
export function spawnNode(args: readonly string[], env: Environment = {}, cwd = ROOT, core?: number) {
  // Variables of the shell must not reach one server and not the other.
  const { PATH, HOME, TMPDIR } = process.env
  const command = [process.execPath, ...args]
  // taskset replaces itself with node.
  const [file = '', ...rest] = core === undefined ? command : ['taskset', '-c', String(core), ...command]
  const child = spawn(file, rest, {
    cwd,
    env: { PATH, HOME, TMPDIR, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output = `${output}${chunk}`.slice(-KEPT_CHARACTERS)
    })
  const exited = once(child, 'close').then(([status]) => {
    running.delete(child)
    return status as number | null
  })
  return { child, exited, output: () => output }
}

/**
 * Starts a server on a free port of the loopback interface, and waits until it is ready.
 * @throws Error with the end of its output when it exits or is not ready in time
 */
export async function startServer(command: ServerCommand, issuer: string): Promise<ServerProcess> {
  const port = await findFreePort()
  const origin = `http://127.0.0.1:${port}`
  const started = performance.now()
  const env = { API_URL: `http://localhost:${port}`, ...command.env, PORT: String(port), OKTA_ISSUER: issuer }
  const node = spawnNode(command.args, env, command.cwd, command.core)
  const { child, exited } = node

  async function stop(): Promise<number | null> {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    const status = await exited
    clearTimeout(timer)
    return status
  }

  const { path, status } = command.ready
  for (;;) {
    const response = await fetch(`${origin}${path}`, { signal: AbortSignal.timeout(1_000) }).catch(() => null)
    await response?.body?.cancel()
    if (response && (status === undefined || response.status === status)) break
    if (child.exitCode !== null || performance.now() > started + READY_TIMEOUT_MS) {
      await stop()
      throw new Error(`${command.title} did not become ready. Its output:\n${node.output()}`)
    }
    await sleep(POLL_MS)
  }
  const startMs = performance.now() - started
  return { ...node, command, pid: child.pid ?? 0, port, origin, url: `${origin}/graphql`, startMs, stop }
}

/** Starts servers one after the other, and stops them after `run`. */
export async function withServers<Result>(
  commands: readonly ServerCommand[],
  issuer: string,
  run: (servers: readonly ServerProcess[]) => Promise<Result>,
): Promise<Result> {
  const servers: ServerProcess[] = []
  try {
    for (const command of commands) servers.push(await startServer(command, issuer))
    return await run(servers)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

/** Starts one server, and stops it after `run`. */
export const withServer = <Result>(
  command: ServerCommand,
  issuer: string,
  run: (server: ServerProcess) => Promise<Result>,
) => withServers([command], issuer, ([server]) => run(server as ServerProcess))
