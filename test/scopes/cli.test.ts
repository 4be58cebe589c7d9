import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { COMMAND_LINE_CASES, SCHEMA } from '../cases/scopes/command-line.ts'
import { runCommand } from '../support/examples/run-example.ts'
import { PROJECT_ROOT } from '../support/project-root.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const BIN = join(PROJECT_ROOT, 'src/scopes/bin.ts')
const SETTINGS = { NODE_COMPILE_CACHE: join(PROJECT_ROOT, 'node_modules/.cache/node') }

/** Writes files to a new folder, which also has the schema of the cases and a symbolic link to itself. */
function writeFiles(files: Readonly<Record<string, string>> = {}): string {
  const folder = createTemporaryFolder()
  symlinkSync('circle', join(folder, 'circle'))
  for (const [name, text] of Object.entries({ 'schema.graphql': SCHEMA, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const expectOutput = (output: string, expected: string | RegExp) =>
  typeof expected === 'string' ? expect(output).toBe(expected) : expect(output).toMatch(expected)

test.each(COMMAND_LINE_CASES)(
  '$id $title exits with $status',
  async ({ args, files, status, stdout = '', stderr = '' }) => {
    const result = await runCommand(writeFiles(files), ['node', BIN, ...args], SETTINGS)
    expectOutput(result.stdout, stdout)
    expectOutput(result.stderr, stderr)
    expect(result.status).toBe(status)
  },
)

const PIPES = [
  { id: 'scopes-cli/O01', title: 'a reader that closes the pipe early', to: '| head -1', status: '0 0' },
  { id: 'scopes-cli/O02', title: 'a disk that is full', to: '> /dev/full', status: '1' },
]

test.each(PIPES)('$id ends without a stack at $title', async ({ to, status }) => {
  const fields = Array.from({ length: 5_000 }, (_, i) => `a${i}: Int @requiresScope(scopes: "read")`)
  const folder = writeFiles({ 'a.graphql': `extend type Query { ${fields.join(' ')} }` })
  const script = `node ${BIN} table *.graphql ${to}; echo "\${PIPESTATUS[@]}" >&2`
  const { stderr } = await runCommand(folder, ['bash', '-c', script], SETTINGS)
  expect(stderr.trim().split('\n').at(-1)).toBe(status)
  expect(stderr).not.toMatch(/\n +at /)
})

test('scopes-cli/O03 reads a schema of 5,000 types', async () => {
  const types = Array.from(
    { length: 5_000 },
    (_, i) => `type T${i} { next: T${(i + 1) % 5_000} a: Int @requiresScope(scopes: "read") }`,
  )
  const folder = writeFiles({
    'a.graphql': `extend type Query { first: T0 @requiresScope(scopes: "read") } ${types.join('\n')}`,
  })
  const { status, stdout } = await runCommand(folder, ['node', BIN, 'lint', '*.graphql'], SETTINGS)
  expect([status, stdout]).toEqual([0, 'No violations.\n'])
})

test('scopes-cli/O04 reads an old schema from a pipe', async () => {
  const script = `node ${BIN} diff schema.graphql --old <(cat schema.graphql)`
  const { status, stdout } = await runCommand(writeFiles(), ['bash', '-c', script], SETTINGS)
  expect([status, stdout]).toEqual([0, 'No rule is weaker or stronger.\n'])
})

test('scopes-cli/O05 prints what the README shows', async () => {
  const readme = readFileSync(join(PROJECT_ROOT, 'src/scopes/README.md'), 'utf8')
  const [, schema = ''] = /const typeDefs = `\n([\s\S]*?)`/.exec(readme) ?? []
  const old = schema.replace('@requiresScope(scopes: "books.read")', '@requiresScope(scopes: "books.write")')
  const folder = writeFiles({ 'schema/api.graphql': schema, 'old.graphql': old })
  const [, block = ''] = /\n## Command line\n[\s\S]*?```\n([\s\S]*?)```/.exec(readme) ?? []
  const commands = block.split('$ npx graphql-oauth-scopes ').slice(1)
  expect(commands.length).toBe(4)
  for (const text of commands) {
    const [command = '', ...output] = text.trim().split('\n')
    const { stdout } = await runCommand(folder, ['bash', '-c', `node ${BIN} ${command}`], SETTINGS)
    expect(stdout.trim().split('\n')).toEqual(output)
  }
})
