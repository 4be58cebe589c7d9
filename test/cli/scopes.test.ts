import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createTemporaryFolder, runCli } from '../support/cli-process.ts'

const BOOKS = new URL('../../schema/books.graphql', import.meta.url)

test('scopes prints a table, or the same as JSON', async () => {
  const table = await runCli(['scopes'])
  const json = await runCli(['scopes', '--json'])
  expect([table.status, json.status]).toEqual([0, 0])
  const rows = JSON.parse(json.stdout) as { coordinate: string; scopes: string[][] }[]
  expect(rows.find((row) => row.coordinate === 'Mutation.addBook')?.scopes).toEqual([['fakebookapi.admin']])
  expect(table.stdout.trim().split('\n').length).toBe(rows.length)
})

/** What was changed in an old schema, and how `scopes diff` ends and what it says. */
const DIFFS: readonly (readonly [string, string, string, number, RegExp])[] = [
  ['nothing', '', '', 0, /^Nothing became weaker or stronger\.$/m],
  [
    'an old rule that was harder',
    'book("The book\'s id." id: ID!): Book @requiresScope(scopes: "fakebookapi.read")',
    'book(id: ID!): Book @requiresScope(scopes: "fakebookapi.admin")',
    1,
    /^weaker +Query\.book +needed fakebookapi\.admin, now fakebookapi\.read$/m,
  ],
  [
    'an old field that was open',
    'addedBy: String! @requiresScope(scopes: "fakebookapi.admin")',
    'addedBy: String!',
    0,
    /^stronger +Book\.addedBy /m,
  ],
  ['no schema at all', 'type Query', 'tipe Query', 2, /^$/],
]
test.each(DIFFS)('scopes diff with %s', async (_, from, to, status, said) => {
  const file = join(createTemporaryFolder(), 'old.graphql')
  const text = readFileSync(BOOKS, 'utf8')
  expect(text).toContain(from)
  writeFileSync(file, text.replace(from, to))
  const { stdout, status: ended } = await runCli(['scopes', 'diff', file])
  expect(stdout).toMatch(said)
  expect(ended).toBe(status)
})

const BOOK = '{ book(id: 1) { title addedBy } }'
/** Arguments of `scopes explain`, how it ends and what it says. */
const EXPLANATIONS: readonly (readonly [string[], number, RegExp])[] = [
  [[BOOK, '--scopes', 'fakebookapi.read fakebookapi.admin'], 0, /^Allowed\.$/m],
  [
    [BOOK, '--scopes', 'fakebookapi.read'],
    1,
    /^missing +book\.addedBy +Book\.addedBy needs fakebookapi\.admin$/m,
  ],
  [[BOOK], 1, /^A token for all of it: fakebookapi\.admin fakebookapi\.read$/m],
  [
    [
      'query ($v: Boolean!) { book(id: 1) { id addedBy @include(if: $v) } }',
      '--scopes',
      'fakebookapi.read',
      '--variables',
      '{"v":false}',
    ],
    0,
    /^Allowed\.$/m,
  ],
  [['query A { __typename } query B { book(id: 1) { id } }', '--operation', 'B'], 1, /Query\.book/],
  [['query A { __typename } query B { book(id: 1) { id } }'], 2, /^$/],
  [['{ nothing }'], 2, /^$/],
  [['{ book('], 2, /^$/],
  [['{ __typename }', '--variables', '{'], 2, /^$/],
]
test.each(EXPLANATIONS)('scopes explain %j ends with %d', async (args, status, said) => {
  const { stdout, stderr, status: ended } = await runCli(['scopes', 'explain', ...args])
  expect(stdout).toMatch(said)
  expect(stderr).not.toMatch(/\n +at /)
  expect(ended).toBe(status)
})
