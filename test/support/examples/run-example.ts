import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { PROJECT_ROOT } from '../project-root.ts'
import type { Service } from '../service.ts'
import { createTemporaryFolder } from '../temporary-folder.ts'

const NODE_MODULES = join(PROJECT_ROOT, 'node_modules')

/** Copies a folder of examples/ to a temporary folder, without what was installed or generated in it. */
export function copyExample(name: string): string {
  const folder = createTemporaryFolder()
  const isSource = (path: string) => !/\/(?:node_modules|dist|gql|package-lock\.json)$/.test(path)
  cpSync(join(PROJECT_ROOT, 'examples', name), folder, { recursive: true, filter: isSource })
  return folder
}

/** Lets an example use the packages of this project. */
export const linkPackages = (folder: string) => symlinkSync(NODE_MODULES, join(folder, 'node_modules'))

/** Returns the variables that direct an example to a service. */
export const exampleSettings = ({ apiUrl, issuerUrl }: Pick<Service, 'apiUrl' | 'issuerUrl'>) => ({
  API_URL: apiUrl,
  OKTA_ISSUER: issuerUrl,
})

/** The certificates with which npm reaches a registry behind a proxy. */
const { NODE_EXTRA_CA_CERTS } = process.env

/** Runs a command in a folder, with the programs of this project's packages and only these settings. */
export async function runCommand(
  cwd: string,
  [file = '', ...args]: readonly string[],
  settings: Readonly<NodeJS.ProcessEnv> = {},
) {
  const PATH = `${join(NODE_MODULES, '.bin')}:${process.env.PATH}`
  const env = { ...settings, PATH, ...(NODE_EXTRA_CA_CERTS !== undefined && { NODE_EXTRA_CA_CERTS }) }
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { status: status as number | null, stdout, stderr }
}
