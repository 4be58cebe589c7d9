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

export const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'fakebook-'))

/**
 * A command of the product in a process of its own, in an empty folder.
 * @param input what stands on its standard input; nothing if left out
 * @param through a command that runs it, as in `nsenter`
 */
export function program(
  command: readonly string[],
  settings: Record<string, string> = {},
  input?: string,
  through: readonly string[] = [],
) {
  const [file = '', ...args] = [...through, process.execPath, MAIN, ...command]
  const child = spawn(file, args, {
    cwd: temporaryFolder(),
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
  child.stdin.end(input)
  const text = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    text.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    text.err += chunk
  })
  const exited = once(child, 'close').then(([status]) => {
    children.delete(child)
    return status as number | null
  })
  const early = exited.then(() => {
    throw new Error(`it ended early:\n${text.out}${text.err}`)
  })
  early.catch(() => undefined)
  return {
    child,
    text,
    /** The exit status; null when a signal ended it. */
    exited,
    /** The first match in what it prints; rejects when it ends without one. */
    async printed(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const match = pattern.exec(text.out)
        if (match) return match
        await Promise.race([once(child.stdout, 'data'), early])
      }
    },
  }
}

/** Runs a command to its end. */
export async function run(
  command: readonly string[],
  settings: Record<string, string> = {},
  input?: string,
  through?: readonly string[],
) {
  const { text, exited } = program(command, settings, input, through)
  return { status: await exited, ...text }
}

/** The API alone in a process of its own; `url` is its GraphQL endpoint. */
export async function startProgram(settings: Record<string, string>, through?: readonly string[]) {
  const api = program(['api'], { PORT: '0', ...settings }, undefined, through)
  const [, url = ''] = await api.printed(/^API\s+(\S+)$/m)
  return { ...api, url }
}
