import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createTemporaryFolder } from '../cli-process.ts'

export const PROJECT_ROOT = join(import.meta.dirname, '../..')

type Instruction = { readonly name: string; readonly text: string }

/** The instructions of the Containerfile, one a line, without comments. */
export function parseContainerfile(): readonly Instruction[] {
  const text = readFileSync(join(PROJECT_ROOT, 'Containerfile'), 'utf8')
  return text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
      return { name, text: rest.trim() }
    })
}

/** What a container of the image starts with. */
export type ContainerImage = {
  /** Where the image's working directory is here. */
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly user: string
  readonly command: readonly string[]
  readonly healthCheck: readonly string[]
  readonly stopSignal: string
}

type Stage = { readonly root: string; folder: string; readonly last: Map<string, string> }

/** Commands that change the base image alone, which is not here. */
export const BASE_IMAGE_COMMAND = /^rm -rf \/usr\/local\//

/**
 * Builds the image as a tool for containers would, on this machine: each stage is a folder, `RUN` runs there, `COPY` copies.
 * There is no base image: its Node is the one that runs the tests.
 */
export function buildImage(): ContainerImage {
  const stages: Stage[] = []
  const named = new Map<string, Stage>()
  for (const { name, text } of parseContainerfile()) {
    if (name === 'FROM') {
      const stage = { root: createTemporaryFolder(), folder: '/', last: new Map<string, string>() }
      // Whoever the image runs as must find it.
      chmodSync(stage.root, 0o755)
      stages.push(stage)
      named.set(/ AS (\S+)$/.exec(text)?.[1] ?? '', stage)
    }
    const stage = stages.at(-1)
    if (stage) perform(stage, named, name, text)
  }
  const last = stages.at(-1)
  if (!last) throw new Error('the Containerfile has no stage')
  return imageOf(last)
}

function imageOf({ root, folder, last }: Stage): ContainerImage {
  const list = (name: string): string[] =>
    JSON.parse(/\[.*\]$/.exec(last.get(name) ?? '')?.[0] ?? '[]') as string[]
  const env = [...(last.get('ENV') ?? '').matchAll(/(\w+)=(\S+)/g)]
  return {
    folder: join(root, folder),
    env: Object.fromEntries(env.map(([, name = '', value = '']) => [name, value])),
    user: last.get('USER') ?? '',
    command: [...list('ENTRYPOINT'), ...list('CMD')],
    healthCheck: list('HEALTHCHECK'),
    stopSignal: last.get('STOPSIGNAL') ?? '',
  }
}

function perform(stage: Stage, named: ReadonlyMap<string, Stage>, name: string, text: string): void {
  stage.last.set(name, text)
  if (name === 'WORKDIR') {
    stage.folder = text
    mkdirSync(join(stage.root, text), { recursive: true })
  }
  if (name === 'COPY') copy(stage, named, text)
  if (name === 'RUN' && !BASE_IMAGE_COMMAND.test(text)) run(join(stage.root, stage.folder), text)
}

function run(cwd: string, command: string): void {
  // Outside its folder a command would change this machine.
  if (/(?:^|\s)[/~]|\.\./.test(command)) throw new Error(`not in its folder: ${command}`)
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`
  const { status, stderr } = spawnSync('sh', ['-c', command], {
    cwd,
    env: { ...process.env, PATH },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${command}:\n${stderr}`)
}

function copy(stage: Stage, named: ReadonlyMap<string, Stage>, text: string): void {
  const from = /^--from=(\S+)\s/.exec(text)?.[1]
  const words = text.replace(/^--from=\S+\s+/, '').split(/\s+/)
  const source = from === undefined ? PROJECT_ROOT : (named.get(from)?.root ?? '')
  const target = join(stage.root, stage.folder, words.at(-1) ?? '')
  for (const word of words.slice(0, -1)) {
    const path = join(source, word)
    const into = words.at(-1)?.endsWith('/') && !statSync(path).isDirectory()
    cpSync(path, into ? join(target, basename(path)) : target, { recursive: true })
  }
}
