import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, jest, test } from '@jest/globals'
import { printScopeDiff, printScopeExplanation, printScopes } from '../../src/cli/print-scopes.ts'
import { ExitError } from '../../src/errors/exit-error.ts'
import { runCli } from '../support/cli-process.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const BOOKS = new URL('../../schema/books.graphql', import.meta.url)

afterEach(() => {
  jest.restoreAllMocks()
})

/** Runs a command's function and captures its output and exit status, as src/main.ts would set it. */
function capture(run: () => unknown) {
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined)
  const output = () => log.mock.calls.map((call) => `${call[0]}\n`).join('')
  try {
    const status = run() ?? 0
    return { status, stdout: output(), stderr: '' }
  } catch (error) {
    if (error instanceof ExitError) return { status: error.exitCode, stdout: output(), stderr: error.message }
    throw error
  }
}

test('scopes prints a table, and the same rows as JSON', () => {
  const table = capture(() => printScopes({}))
  jest.restoreAllMocks()
  const rows = JSON.parse(capture(() => printScopes({ json: true })).stdout) as {
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
  ({ from, to, allowInherited, status, output, error = /^$/ }) => {
    const file = join(createTemporaryFolder(), 'old.graphql')
    const text = readFileSync(BOOKS, 'utf8')
    expect(text).toContain(from)
    writeFileSync(file, text.replace(from, to))
    const result = capture(() => printScopeDiff([file], { allowInherited: allowInherited ?? false }))
    expect(result.stdout).toMatch(output)
    expect(result.stderr).toMatch(error)
    expect(result.status).toBe(status)
  },
)

const BOOK = '{ book(id: 1) { title addedBy } }'

/** Arguments of `scopes explain`, its output and exit status. */
const EXPLANATIONS: readonly {
  readonly query: string
  readonly options?: Parameters<typeof printScopeExplanation>[1]
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
    output: /^Scopes for the whole operation: fakebookapi\.admin fakebookapi\.read\nNo scopes were given\. /m,
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
  { query: 'query A { __typename } query B { book(id: 1) { id } }', status: 2, output: /^$/ },
  { query: '{ nothing }', status: 2, output: /^$/ },
  { query: '{ book(', status: 2, output: /^$/ },
  ...['{x', '[1]', 'null', '1', ''].map((variables) => ({
    ...{ query: '{ __typename }', options: { variables }, status: 2, output: /^$/ },
    error: /^--variables must be a JSON object/,
  })),
]

test.each(EXPLANATIONS)(
  'scopes explain $query with $options exits with $status',
  ({ query, options = {}, status, output, error = /^/ }) => {
    const result = capture(() => printScopeExplanation(query, options))
    expect(result.stdout).toMatch(output)
    expect(result.stderr).toMatch(error)
    expect(result.status).toBe(status)
  },
)

test('scopes diff names a file that cannot be read', () => {
  const file = join(createTemporaryFolder(), 'missing.graphql')
  const stderr = `${file} cannot be read: no such file or directory.`
  expect(capture(() => printScopeDiff([file], {}))).toEqual({ status: 2, stdout: '', stderr })
})

test('the command line passes options on, and prints usage errors without a stack', async () => {
  const allowed = await runCli(['scopes', 'explain', BOOK, '--scopes', 'fakebookapi.read,fakebookapi.admin'])
  expect(allowed).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Allowed\.$/m) })
  const invalid = await runCli(['scopes', 'explain', '{ book('])
  expect(invalid).toMatchObject({ status: 2, stdout: '' })
  expect(invalid.stderr).not.toMatch(/\n +at /)
})
