// Runs shell commands from README and docs and compares their output.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { DOC_PAGES, readPage } from './support/doc-pages.ts'
import { PROJECT_ROOT } from './support/project-root.ts'
import { type Service, startService } from './support/service.ts'
import { createTemporaryFolder } from './support/temporary-folder.ts'

const run = promisify(execFile)

/** A `$ command` and its output, up to an empty line. */
const EXPLAIN = /^\$ (npm run scopes -- explain .+)\n([\s\S]+?)(?=\n\n|\n```)/gm
const EXAMPLES = DOC_PAGES.flatMap((page) =>
  [...readPage(page).matchAll(EXPLAIN)].map(([, command = '', output = '']) => ({ page, command, output })),
)
test.each(EXAMPLES)('$page: $command prints the output below it', async ({ command, output }) => {
  const silent = command.replace('npm run', 'npm run --silent')
  // The command exits with 1 for an operation that is not allowed.
  const { stdout } = await run('bash', ['-c', `${silent} || true`], { cwd: PROJECT_ROOT })
  expect(stdout.trim()).toBe(output)
})

/** Returns the code blocks in one language, with the addresses of a service. */
const readBlocks = (text: string, language: string, service: Service) =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\``, 'g'))].map(([, block = '']) =>
    block
      .replaceAll('http://localhost:4400/oauth2/default', service.issuerUrl)
      .replaceAll('http://localhost:4000', service.apiUrl),
  )
/** Returns the lines of output that a block shows as comments. */
const readExpectedLines = (block: string) => [...block.matchAll(/^# (.+)$/gm)].map(([, line = '']) => line)

const SHELL_SECTIONS = [
  { page: 'README.md', section: /## Query it\n([\s\S]*?)\n## /, lines: 6 },
  { page: 'docs/clients.md', section: /([\s\S]*)/, lines: 13 },
]
test.each(SHELL_SECTIONS)(
  '$page: the commands print the lines below them',
  async ({ page, section, lines }) => {
    const service = await startService()
    const blocks = readBlocks(section.exec(readPage(page))?.[1] ?? '', 'sh', service)
    const script = blocks.join("\necho; echo '<end>'\n")
    const { stdout } = await run('bash', ['-c', script], { cwd: createTemporaryFolder() })
    const outputs = stdout.replaceAll('\r', '').split('<end>\n')
    const expected = blocks.map(readExpectedLines)
    expect(expected.flat()).toHaveLength(lines)
    outputs.forEach((output, index) => {
      expect(output.split(/\n|(?<=\])(?=HTTP)/)).toEqual(expect.arrayContaining(expected[index] ?? []))
    })
    await service.close()
  },
)

test('docs/clients.md: the write with an idempotency key can be repeated', async () => {
  const service = await startService()
  const [tokens = '', ...blocks] = readBlocks(readPage('docs/clients.md'), 'sh', service)
  const write = blocks.find((block) => block.includes('idempotency-key'))
  const { stdout } = await run('bash', ['-c', `${tokens}\n${write}\necho\n${write}`])
  expect(stdout.match(/^HTTP\/1.1 201/gm)).toHaveLength(2)
  expect(stdout.match(/^location: \/books\/6\r$/gm)).toHaveLength(2)
  await service.close()
})

test('docs/clients.md: the Python program prints the line below it', async () => {
  const service = await startService()
  const [program = ''] = readBlocks(readPage('docs/clients.md'), 'python', service)
  const { stdout } = await run('python3', ['-c', program])
  expect(stdout.trim().split('\n')).toEqual(readExpectedLines(program))
  await service.close()
})

const RUN_PLUGIN = `
import { ApolloServer } from '@apollo/server'
import { makeExecutableSchema } from '@graphql-tools/schema'
import { requireScopes } from './plugin.ts'
import { createScopes, scopeDirectives } from '../../src/scopes/index.ts'

const schema = makeExecutableSchema({
  typeDefs: [
    scopeDirectives,
    'schema @scope(name: "a", description: "A") { query: Query } type Query { a: Int @requiresScope(scopes: "a") }',
  ],
  resolvers: { Query: { a: () => 1 } },
})
const scopes = createScopes(schema, { strict: true })
const server = new ApolloServer({ schema: scopes.schema, plugins: [requireScopes(scopes)] })
for (const granted of [['a'], ['b']]) {
  const contextValue = { scopes: new Set(granted) }
  const { body, http } = await server.executeOperation({ query: '{ a }' }, { contextValue })
  console.log(http.status ?? 200, JSON.stringify(body.kind === 'single' && (body.singleResult.data ?? body.singleResult.errors?.[0]?.message)))
}
`
test('README.md: the plugin for other APIs compiles, and enforces the directive', async () => {
  const [, plugin = ''] = /```ts\n([\s\S]*?)```/.exec(readPage('README.md')) ?? []
  const folder = mkdtempSync(join(PROJECT_ROOT, 'build/readme-'))
  const file = (name: string, content: string) => writeFileSync(join(folder, name), content)
  file('plugin.ts', plugin.replace("'./scopes/", "'../../src/scopes/"))
  file('run.ts', RUN_PLUGIN)
  file('tsconfig.json', JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'], exclude: [] }))
  try {
    await run('node_modules/.bin/tsc', ['-p', folder], { cwd: PROJECT_ROOT })
    const { stdout } = await run(process.execPath, [join(folder, 'run.ts')], { cwd: PROJECT_ROOT })
    expect(stdout.trim().split('\n')).toEqual([
      '200 {"a":1}',
      '403 "Not authorized to access Query.a: requires scope a; the token has b."',
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
