// Runs the examples of the package graphql-oauth-scopes, with the packed package.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { findFreePort } from '../support/free-port.ts'
import { PROJECT_ROOT } from '../support/project-root.ts'
import { installPackages, packPackage } from '../support/scopes/install-package.ts'

const EXAMPLES = [
  { id: 'examples/P01', name: 'apollo' },
  { id: 'examples/P02', name: 'yoga' },
  { id: 'examples/P03', name: 'mercurius' },
  { id: 'examples/P04', name: 'graphql-http' },
  { id: 'examples/P05', name: 'pothos' },
  { id: 'examples/P06', name: 'nexus' },
]

const readExample = (name: string, file: string) =>
  readFileSync(join(PROJECT_ROOT, 'examples', name, file), 'utf8')

let folder: string
beforeAll(async () => {
  const { file } = await packPackage()
  const packages = EXAMPLES.flatMap(({ name }) =>
    Object.entries<string>(JSON.parse(readExample(name, 'package.json')).dependencies)
      .filter(([, version]) => !version.startsWith('file:'))
      .map(([dependency, version]) => `${dependency}@${version}`),
  )
  folder = await installPackages(file, ...new Set(packages))
})

test.each(EXAMPLES)('$id $name authorizes a mutation', async ({ name }) => {
  const port = await findFreePort()
  const code = readExample(name, 'server.js')
  expect(code.split('\n').length - 1).toBeLessThanOrEqual(40)
  const child = spawn('node', ['--input-type=module', '-e', code], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(child.stdout, 'data')
    const send = async (authorization?: string) => {
      const response = await fetch(`http://localhost:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
        body: JSON.stringify({ query: 'mutation { addBook(title: "Nemesis") }' }),
      })
      return { status: response.status, body: await response.json() }
    }
    expect((await send()).status).toBe(401)
    expect((await send('Bearer reader')).status).toBe(403)
    expect(await send('Bearer writer')).toEqual({
      status: 200,
      body: { data: { addBook: ['Curtain', 'Nemesis'] } },
    })
  } finally {
    child.kill()
    await once(child, 'close')
  }
})
