import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

/** A copy of the API in a process of its own; `url` is its GraphQL endpoint. */
export type Copy = {
  readonly url: string
  readonly child: ChildProcess
  /** The exit status; null when a signal ended it. */
  readonly exited: Promise<number | null>
}

/** What starts a copy: the benches have the one below, the tests their own. */
export type StartCopy = (settings: Record<string, string>) => Promise<Copy>

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Starts a program of this project in a process of its own.
 * @param nodeOptions what node is told before the program's name
 */
export function startNode(
  command: readonly string[],
  settings: Record<string, string>,
  nodeOptions: readonly string[] = [],
) {
  const child = spawn(process.execPath, [...nodeOptions, MAIN, ...command], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.add(child)
  const exited = once(child, 'close').then(([status]) => {
    running.delete(child)
    return status as number | null
  })
  return { child, exited }
}

/** Starts the API alone on a free port. @returns once it listens */
export const startCopy: StartCopy = async (settings) => {
  const { child, exited } = startNode(
    ['api'],
    { PORT: '0', LOG_LEVEL: 'fatal', AUDIT_LOG: 'off', ...settings },
    profiled(),
  )
  let text = ''
  const url = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      text += chunk
      const [, found] = /^API\s+(\S+)$/m.exec(text) ?? []
      if (found !== undefined) resolve(found)
    })
    exited.then((status) => reject(new Error(`the API ended early, with ${status}:\n${text}`)))
  })
  return { url: await url, child, exited }
}

/** `PROFILE=folder npm run bench:store -- import` has the server write a CPU profile there when it ends. */
const profiled = () =>
  process.env.PROFILE === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', process.env.PROFILE]

/** Lets it finish what is under way. */
export async function stopCopy({ child, exited }: Copy): Promise<void> {
  child.kill('SIGTERM')
  await exited
}
