import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './port.ts'
import type { ServerRow } from './servers.ts'

const root = join(import.meta.dirname, '../..')
const patienceMilliseconds = 20_000
const lookMilliseconds = 10
const stopMilliseconds = 5_000
const keptCharacters = 4_000

export interface RunningServer {
  readonly row: ServerRow
  readonly pid: number
  readonly origin: string
  /** Milliseconds from the start of the process until it was ready, give or take the time between two looks. */
  readonly startMilliseconds: number
  stop(): Promise<void>
}

/** Starts servers one after the other, acts, and stops them whatever happens. */
export async function withServers<Result>(
  rows: readonly ServerRow[],
  issuer: string,
  act: (running: readonly RunningServer[]) => Promise<Result>,
): Promise<Result> {
  const running: RunningServer[] = []
  try {
    for (const row of rows) running.push(await startServer(row, issuer))
    return await act(running)
  } finally {
    await Promise.all(running.map((server) => server.stop()))
  }
}

/**
 * Starts a server as a child process on a free port of the loopback and returns it once it is ready.
 * Throws, with the end of what it printed, where it ends or is not ready within 20 seconds.
 * The child dies with this process, but not where this process is killed outright.
 */
export async function startServer(row: ServerRow, issuer: string): Promise<RunningServer> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const started = performance.now()
  const child = spawn(process.execPath, row.arguments, {
    cwd: root,
    env: {
      ...inherited(),
      NODE_ENV: 'production',
      ...row.environment,
      PORT: String(port),
      OKTA_ISSUER: issuer,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = keepEnd(child)
  const killWithParent = () => child.kill('SIGKILL')
  process.once('exit', killWithParent)

  async function stop(): Promise<void> {
    await end(child)
    process.off('exit', killWithParent)
  }

  if (await becomesReady(child, `${origin}${row.ready.path}`, row.ready.status)) {
    return { row, pid: child.pid ?? 0, origin, startMilliseconds: performance.now() - started, stop }
  }
  await stop()
  throw new Error(`${row.name} did not become ready. It printed:\n${printed()}`)
}

/** Settings of whoever starts the bench must not reach one server and not the other. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return { PATH, HOME, TMPDIR }
}

async function becomesReady(child: ChildProcess, url: string, status: number | undefined): Promise<boolean> {
  const deadline = performance.now() + patienceMilliseconds
  while (performance.now() < deadline && isAlive(child)) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer !== undefined && (status === undefined || answer.status === status)) return true
    await wait(lookMilliseconds)
  }
  return false
}

async function end(child: ChildProcess): Promise<void> {
  if (!isAlive(child)) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMilliseconds)
  await exited
  clearTimeout(timer)
}

function isAlive(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}

function keepEnd(child: ChildProcess): () => string {
  let text = ''
  const keep = (chunk: unknown) => {
    text = `${text}${String(chunk)}`.slice(-keptCharacters)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  child.on('error', keep)
  return () => text
}
