import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, jest, test } from '@jest/globals'
import { Command } from 'commander'
import { addScopesCommand } from '../../src/cli/scopes.ts'
import { runCli } from '../support/cli-process.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const BOOKS = new URL('../../schema/books.graphql', import.meta.url)

afterEach(() => {
  jest.restoreAllMocks()
})

/** Runs `npm run scopes` with arguments, in this process. */
async function runScopes(...args: readonly string[]) {
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    jest.spyOn(process[stream], 'write').mockImplementation((text) => {
      output[stream] += text
      return true
    })
  const program = new Command()
  addScopesCommand(program)
  await program.parseAsync(['scopes', ...args], { from: 'user' })
  const status = process.exitCode
  process.exitCode = 0
  return { status, ...output }
}

test('scopes prints a table, and the same rows as JSON', async () => {
  const table = await runScopes()
  const rows = JSON.parse((await runScopes('--json')).stdout) as {
    coordinate: string
    scopes: string[][]
  }[]
  expect(rows.find((row) => row.coordinate === 'Mutation.addBook')?.scopes).toEqual([['fakebookapi.admin']])
  const [lines = '', note] = table.stdout.trim().split('\n\n')
  expect(lines.split('\n').length).toBe(rows.length)
  expect(note).toMatch(/^Note: these fields are non-null, .*: Query\.books, Query\.booksConnection\.$/)
})

const REMOVED_FIELD = {
  from: '"The title, up to 500 characters."\n  title: String!\n',
  to: '',
}

/** Edits of an old schema, and the output and exit status of `scopes diff`. */
const DIFFS: readonly {
  readonly title: string
  readonly from: string
  readonly to: string
  readonly allowInherited?: boolean
  readonly status: number
  readonly output: RegExp
  readonly error?: RegExp
}[] = [
  { title: 'no change', from: '', to: '', status: 0, output: /^No rule is weaker or stronger\.$/m },
  {
    title: 'an old rule that was stronger',
    from: 'book("The book\'s id." id: ID!): Book @requiresScope(scopes: "fakebookapi.read")',
    to: 'book(id: ID!): Book @requiresScope(scopes: "fakebookapi.admin")',
    status: 1,
    output: /^weaker +Query\.book +required fakebookapi\.admin, now fakebookapi\.read$/m,
  },
  {
    title: 'an old field without a rule',
    from: 'addedBy: String @requiresScope(scopes: "fakebookapi.admin")',
    to: 'addedBy: String',
    status: 0,
    output: /^stronger +Book\.addedBy /m,
  },
  {
    title: 'a field that inherits its rule',
    ...REMOVED_FIELD,
    status: 1,
    output:
      /^inherited +Book\.title +requires fakebookapi\.admin, or fakebookapi\.read\nAdd @requiresScope or @public .* --allow-inherited\.\n$/,
  },
  {
    title: 'a field that inherits its rule, which is allowed',
    ...REMOVED_FIELD,
    allowInherited: true,
    status: 0,
    output: /^inherited +Book\.title +.*\n$/,
  },
  {
    title: 'an old rule with too many alternatives',
    from: 'book("The book\'s id." id: ID!): Book @requiresScope(scopes: "fakebookapi.read")',
    to: `book(id: ID!): Book @requiresScope(scopes: ${JSON.stringify(Array.from({ length: 60 }, (_, i) => [`s${i}`]))})`,
    status: 1,
    output:
      /^unknown +Query\.book +required one of many alternatives, now fakebookapi\.read$[\s\S]*\nUnknown rules have too many alternatives to compare\. Review the changes that lead to them\.\n$/m,
  },
  {
    title: 'a file that is not a schema',
    from: 'type Query',
    to: 'tipe Query',
    status: 2,
    output: /^$/,
    error: /^Invalid schema:\n {2}schema \(.*old\.graphql:\d+\): is not valid GraphQL: Syntax Error: /,
  },
  {
    title: 'a file with an unknown type',
    from: 'title: String',
    to: 'title: Text',
    status: 2,
    output: /^$/,
    error:
      /^Invalid schema:\n {2}Book\.title \(.*old\.graphql:\d+\): is not valid GraphQL: Unknown type "Text"/,
  },
]

test.each(DIFFS)(
  'scopes diff with $title exits with $status',
  async ({ from, to, allowInherited, status, output, error = /^$/ }) => {
    const file = join(createTemporaryFolder(), 'old.graphql')
    const text = readFileSync(BOOKS, 'utf8')
    expect(text).toContain(from)
    writeFileSync(file, text.replace(from, to))
    const result = await runScopes('diff', file, ...(allowInherited ? ['--allow-inherited'] : []))
    expect(result.stdout).toMatch(output)
    expect(result.stderr).toMatch(error)
    expect(result.status).toBe(status)
  },
)

const BOOK = '{ book(id: 1) { title addedBy } }'

/** Arguments of `scopes explain`, its output and exit status. */
const EXPLANATIONS: readonly {
  readonly query: string
  readonly options?: Readonly<Partial<Record<'scopes' | 'variables' | 'operation', string>>>
  readonly status: number
  readonly output: RegExp
  readonly error?: RegExp
}[] = [
  {
    query: BOOK,
    options: { scopes: 'fakebookapi.read fakebookapi.admin' },
    status: 0,
    output: /^Allowed\.$/m,
  },
  {
    query: BOOK,
    options: { scopes: 'fakebookapi.read' },
    status: 1,
    output: /^missing +book\.addedBy +Book\.addedBy requires fakebookapi\.admin$/m,
  },
  {
    query: BOOK,
    status: 1,
    output: /^Scopes for the whole operation: fakebookapi\.read fakebookapi\.admin\nNo scopes were given\. /m,
  },
  {
    query: 'query ($v: Boolean!) { book(id: 1) { id addedBy @include(if: $v) } }',
    options: { scopes: 'fakebookapi.read', variables: '{"v":false}' },
    status: 0,
    output: /^Allowed\.$/m,
  },
  {
    query: 'query A { __typename } query B { book(id: 1) { id } }',
    options: { operation: 'B' },
    status: 1,
    output: /Query\.book/,
  },
  {
    query: 'query A { __typename } query B { book(id: 1) { id } }',
    status: 2,
    output: /^$/,
    error: /name of one must be given/,
  },
  { query: '{ nothing }', status: 2, output: /^$/, error: /^Cannot query field "nothing"/ },
  { query: '{ book(', status: 2, output: /^$/, error: /^Syntax Error/ },
  ...['{x', '[1]', 'null', '1', ''].map((variables) => ({
    ...{ query: '{ __typename }', options: { variables }, status: 2, output: /^$/ },
    error: /^--variables must be a JSON object/,
  })),
]

test.each(EXPLANATIONS)(
  'scopes explain $query with $options exits with $status',
  async ({ query, options = {}, status, output, error = /^$/ }) => {
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
    const result = await runScopes('explain', query, ...args)
    expect(result.stdout).toMatch(output)
    expect(result.stderr).toMatch(error)
    expect(result.status).toBe(status)
  },
)

test('scopes diff names a file that cannot be read', async () => {
  const file = join(createTemporaryFolder(), 'missing.graphql')
  const stderr = `${file} cannot be read: no such file or directory.\n`
  expect(await runScopes('diff', file)).toEqual({ status: 2, stdout: '', stderr })
})

test('the command line passes options on, and prints usage errors without a stack', async () => {
  const allowed = await runCli(['scopes', 'explain', BOOK, '--scopes', 'fakebookapi.read,fakebookapi.admin'])
  expect(allowed).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Allowed\.$/m) })
  const invalid = await runCli(['scopes', 'explain', '{ book('])
  expect(invalid).toMatchObject({ status: 2, stdout: '' })
  expect(invalid.stderr).not.toMatch(/\n +at /)
})
