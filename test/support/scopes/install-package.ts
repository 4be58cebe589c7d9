import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../examples/run-example.ts'
import { PROJECT_ROOT } from '../project-root.ts'
import { createTemporaryFolder } from '../temporary-folder.ts'

const PROGRAM = join(import.meta.dirname, '../package')

async function run(folder: string, command: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runCommand(folder, command)
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

/** Builds the package and packs it. Returns the file, and the names of the files in it. */
export async function packPackage(): Promise<{
  readonly file: string
  readonly contents: readonly string[]
}> {
  const folder = createTemporaryFolder()
  const packageFolder = join(folder, 'package')
  await run(PROJECT_ROOT, ['node', 'codegen/build-scopes.ts', packageFolder])
  const stdout = await run(packageFolder, ['npm', 'pack', '--json', '--pack-destination', folder])
  const [{ filename, files }] = JSON.parse(stdout)
  return { file: join(folder, filename), contents: files.map(({ path }: { path: string }) => path) }
}

/** Installs packages in an empty folder, and copies the program that starts the servers to it. */
export async function installPackages(...packages: readonly string[]): Promise<string> {
  const folder = createTemporaryFolder()
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  await run(folder, ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...packages])
  cpSync(PROGRAM, folder, { recursive: true })
  return folder
}
