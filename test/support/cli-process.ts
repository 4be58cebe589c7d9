import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll } from '@jest/globals'
import { createTemporaryFolder } from './temporary-folder.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
/** The folder in which Node keeps compiled modules for the next process, which then starts with a quarter less CPU time. */
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/node', import.meta.url))

/** The lines that say where a server listens, as text and as JSON. */
const ADDRESSES = {
  api: /^API +(\S+)$|"api":"([^"]+)"/m,
  authorizationServer: /^Authorization server +(\S+)$|"authorizationServer":"([^"]+)"/m,
  webapp: /^Web app +(\S+)$|"webapp":"([^"]+)"/m,
}

/** Killed at the end, in case a test failed before it stopped its process. */
const children = new Map<ChildProcess, Promise<unknown>>()
afterAll(async () => {
  for (const child of children.keys()) child.kill('SIGKILL')
  await Promise.all(children.values())
})

/**
 * Runs a command of src/main.ts in a child process, in an empty folder.
 * @param stdin text for its standard input
 * @param wrapperCommand command that runs it, for example `nsenter`
 */
export function spawnCli(
  command: readonly string[],
  settings: Record<string, string> = {},
  stdin?: string,
  wrapperCommand: readonly string[] = [],
) {
  const [file = '', ...args] = [...wrapperCommand, process.execPath, MAIN, ...command]
  const child = spawn(file, args, {
    cwd: createTemporaryFolder(),
    env: {
      PATH: process.env.PATH,
      TMPDIR: tmpdir(),
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      LOG_LEVEL: 'silent',
      LOG_FORMAT: 'pretty',
      AUDIT_LOG: 'off',
      // No load shedding on a busy machine.
      LOOP_DELAY_LIMIT: '600000',
      DRAIN_TIMEOUT: '3000',
      ...settings,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // EPIPE: the program ended without reading its input.
  child.stdin.on('error', () => undefined)
  child.stdin.end(stdin)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk
  })
  const exited = once(child, 'close').then(([status]) => {
    children.delete(child)
    return status as number | null
  })
  children.set(child, exited)
  const exitedEarly = exited.then(() => {
    throw new Error(`The process exited early:\n${output.stdout}${output.stderr}`)
  })
  exitedEarly.catch(() => undefined)
  /** Waits for the first match in standard output; rejects when the process exits without one. */
  async function waitForOutput(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(output.stdout)
      if (match) return match
      await Promise.race([once(child.stdout, 'data'), exitedEarly])
    }
  }
  return {
    child,
    text: output,
    /** The exit status; null when a signal ended it. */
    exited,
    waitForOutput,
    /** Waits until a server listens and returns its address. */
    async waitForAddress(server: keyof typeof ADDRESSES): Promise<string> {
      const [, inText, inJson = ''] = await waitForOutput(ADDRESSES[server])
      return inText ?? inJson
    },
  }
}

/** Runs a command and returns its output and exit status. */
export async function runCli(
  command: readonly string[],
  settings: Record<string, string> = {},
  stdin?: string,
  wrapperCommand?: readonly string[],
) {
  const { text, exited } = spawnCli(command, settings, stdin, wrapperCommand)
  return { status: await exited, ...text }
}

/** Starts the API in a child process; `url` is its GraphQL endpoint. */
export async function startApiProcess(settings: Record<string, string>, wrapperCommand?: readonly string[]) {
  const api = spawnCli(['api'], { PORT: '0', ...settings }, undefined, wrapperCommand)
  return { ...api, url: await api.waitForAddress('api') }
}
