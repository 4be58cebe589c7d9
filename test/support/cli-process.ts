import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from '@jest/globals'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** A test that fails half-way must not leave its server behind. */
const children = new Set<ChildProcess>()
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

export const createTemporaryFolder = () => mkdtempSync(join(tmpdir(), 'fakebook-'))

/**
 * A command of the product in a process of its own, in an empty folder.
 * @param stdin what stands on its standard input; nothing if left out
 * @param wrapperCommand a command that runs it, as in `nsenter`
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
      LOG_LEVEL: 'silent',
      AUDIT_LOG: 'off',
      // A busy machine refuses nobody.
      LOOP_DELAY_LIMIT: '600000',
      DRAIN_TIMEOUT: '3000',
      ...settings,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  children.add(child)
  // A program that ends without reading it has done nothing wrong.
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
  const early = exited.then(() => {
    throw new Error(`it ended early:\n${output.stdout}${output.stderr}`)
  })
  early.catch(() => undefined)
  return {
    child,
    text: output,
    /** The exit status; null when a signal ended it. */
    exited,
    /** The first match in what it prints; rejects when it ends without one. */
    async waitForOutput(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const match = pattern.exec(output.stdout)
        if (match) return match
        await Promise.race([once(child.stdout, 'data'), early])
      }
    },
  }
}

/** Runs a command to its end. */
export async function runCli(
  command: readonly string[],
  settings: Record<string, string> = {},
  stdin?: string,
  wrapperCommand?: readonly string[],
) {
  const { text, exited } = spawnCli(command, settings, stdin, wrapperCommand)
  return { status: await exited, ...text }
}

/** The API alone in a process of its own; `url` is its GraphQL endpoint. */
export async function startApiProcess(settings: Record<string, string>, wrapperCommand?: readonly string[]) {
  const api = spawnCli(['api'], { PORT: '0', ...settings }, undefined, wrapperCommand)
  const [, url = ''] = await api.waitForOutput(/^API\s+(\S+)$/m)
  return { ...api, url }
}
