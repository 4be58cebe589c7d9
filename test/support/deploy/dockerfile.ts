import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { PROJECT_ROOT } from '../project-root.ts'
import { createTemporaryFolder } from '../temporary-folder.ts'

type Instruction = { readonly name: string; readonly text: string }

/** Returns the instructions of the Dockerfile, with continued lines joined and without comments. */
export function parseDockerfile(): readonly Instruction[] {
  const text = readFileSync(join(PROJECT_ROOT, 'Dockerfile'), 'utf8')
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

/** The configuration with which a container of the image starts. */
export type ImageConfig = {
  readonly env: Readonly<Record<string, string>>
  readonly user: string
  readonly command: readonly string[]
  readonly healthCheck: readonly string[]
  readonly stopSignal: string
}

export function parseImageConfig(): ImageConfig {
  const instructions = parseDockerfile()
  const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'))
  const textOf = (name: string) => lastStage.findLast((one) => one.name === name)?.text ?? ''
  const listOf = (name: string): string[] => JSON.parse(/\[.*\]$/.exec(textOf(name))?.[0] ?? '[]') as string[]
  const env = [...textOf('ENV').matchAll(/(\w+)=(\S+)/g)]
  return {
    env: Object.fromEntries(env.map(([, name = '', value = '']) => [name, value])),
    user: textOf('USER'),
    command: [...listOf('ENTRYPOINT'), ...listOf('CMD')],
    healthCheck: listOf('HEALTHCHECK'),
    stopSignal: textOf('STOPSIGNAL'),
  }
}

/** An image that was built into a folder of this machine. */
export type ContainerImage = ImageConfig & {
  /** The working directory of the image, as a folder of this machine. */
  readonly folder: string
}

type Stage = {
  readonly root: string
  /** The stage's current WORKDIR. */
  workdir: string
}

/** Matches commands that change only the base image, which does not exist here. */
export const BASE_IMAGE_COMMAND = /^rm -rf \/usr\/local\//

/**
 * Builds the image without a container engine: each stage is a temporary folder, in which `RUN` runs and to which `COPY`
 * copies. There is no base image; the Node that runs the tests takes its place.
 */
export function buildImage(): ContainerImage {
  const stages: Stage[] = []
  const namedStages = new Map<string, Stage>()
  for (const { name, text } of parseDockerfile()) {
    if (name === 'FROM') {
      const stage = { root: createTemporaryFolder(), workdir: '/' }
      // mkdtemp allows only the current user, but the image runs as another one.
      chmodSync(stage.root, 0o755)
      stages.push(stage)
      namedStages.set(/ AS (\S+)$/.exec(text)?.[1] ?? '', stage)
    }
    const stage = stages.at(-1)
    if (stage) runInstruction(stage, namedStages, { name, text })
  }
  const lastStage = stages.at(-1)
  if (!lastStage) throw new Error('the Dockerfile has no stage')
  return { ...parseImageConfig(), folder: join(lastStage.root, lastStage.workdir) }
}

function runInstruction(
  stage: Stage,
  namedStages: ReadonlyMap<string, Stage>,
  { name, text }: Instruction,
): void {
  if (name === 'WORKDIR') {
    stage.workdir = text
    mkdirSync(join(stage.root, text), { recursive: true })
  }
  if (name === 'COPY') copy(stage, namedStages, text)
  if (name === 'RUN' && !BASE_IMAGE_COMMAND.test(text)) run(join(stage.root, stage.workdir), text)
}

function run(cwd: string, command: string): void {
  // An absolute path would point outside the stage, to this machine.
  if (/(?:^|\s)[/~]|\.\./.test(command)) throw new Error(`the command leaves its folder: ${command}`)
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`
  const { status, stderr } = spawnSync('sh', ['-c', command], {
    cwd,
    env: { ...process.env, PATH },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${command}:\n${stderr}`)
}

function copy(stage: Stage, namedStages: ReadonlyMap<string, Stage>, text: string): void {
  const fromStage = /^--from=(\S+)\s/.exec(text)?.[1]
  const paths = text.replace(/^--from=\S+\s+/, '').split(/\s+/)
  const destination = paths.pop() ?? ''
  const sourceRoot = fromStage === undefined ? PROJECT_ROOT : (namedStages.get(fromStage)?.root ?? '')
  const target = join(stage.root, stage.workdir, destination)
  for (const path of paths) {
    const source = join(sourceRoot, path)
    const isIntoFolder = destination.endsWith('/') && !statSync(source).isDirectory()
    cpSync(source, isIntoFolder ? join(target, basename(source)) : target, { recursive: true })
  }
}
