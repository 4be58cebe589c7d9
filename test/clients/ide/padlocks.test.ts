import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { type GraphQLSchema, parse, validate } from 'graphql'
import {
  addPadlockToDescription,
  computePadlocks,
  findLockedNames,
} from '../../../src/clients/ide/padlocks.ts'
import { createApiScopes, loadSchema } from '../../../src/graphql/load-schema.ts'
import type { TableRow } from '../../../src/scopes/index.ts'

const schema = loadSchema()
const rows = createApiScopes(schema).table({ combined: true })
const states = (...held: string[]) =>
  new Map(computePadlocks(schema, rows, new Set(held)).map((lock) => [lock.coordinate, lock.state]))

function addPadlocks(target: GraphQLSchema, targetRows: readonly TableRow[], held: readonly string[]) {
  for (const padlock of computePadlocks(target, targetRows, new Set(held)))
    addPadlockToDescription(padlock, { open: 'o', locked: 's' })
  return target
}

test('computes a padlock for each rule, and none for public fields', () => {
  const locks = computePadlocks(schema, rows, new Set())
  expect(locks.map(({ coordinate }) => coordinate).sort()).toEqual(
    rows.map(({ coordinate }) => coordinate).sort(),
  )
  expect(states().has('Book.title')).toBe(false)
})

test('opens a padlock for an exact match of the scope', () => {
  expect(states('fakebookapi.read').get('Query.book')).toBe('open')
  expect(states('fakebookapi.read').get('Book.addedBy')).toBe('locked')
  expect(states('fakebookapi.admin').get('Query.book')).toBe('locked')
  expect(states('FAKEBOOKAPI.READ').get('Query.book')).toBe('locked')
})

test('opens a padlock when one alternative is held completely', () => {
  const alternatives = [{ coordinate: 'Query.book', scopes: [['a', 'b'], ['c']] }]
  const padlockFor = (...held: string[]) =>
    computePadlocks(schema, alternatives, new Set(held)).find(({ coordinate }) => coordinate === 'Query.book')
  expect([padlockFor('a')?.state, padlockFor('a', 'b')?.state, padlockFor('c')?.state]).toEqual([
    'locked',
    'open',
    'open',
  ])
  expect(padlockFor()?.requirement).toBe('a and b, or c')
})

test('opens the padlock of a field that requires a token only, whatever its scopes', () => {
  const authenticated = [{ coordinate: 'Query.book', scopes: [[]] }]
  const stateFor = (held: ReadonlySet<string> | undefined) =>
    computePadlocks(schema, authenticated, held).map(({ state, requirement }) => [state, requirement])
  expect(stateFor(undefined)).toEqual([['locked', 'an access token']])
  expect(stateFor(new Set())).toEqual([['open', 'an access token']])
})

test('computes a padlock for an argument', () => {
  const argumentRules = [{ coordinate: 'Query.book(id:)', scopes: [['a_b']] }]
  const locks = computePadlocks(schema, argumentRules, new Set())
  expect(locks).toMatchObject([{ coordinate: 'Query.book(id:)', requirement: 'a_b', state: 'locked' }])
  const annotated = addPadlocks(loadSchema(), argumentRules, [])
  expect(annotated.getQueryType()?.getFields().book?.args[0]?.description).toBe(
    "![locked](s) **requires a\\_b**  \nThe book's id.",
  )
})

test('starts a description with the padlock', () => {
  const annotated = addPadlocks(loadSchema(), rows, ['fakebookapi.read'])
  expect(annotated.getQueryType()?.getFields().book?.description).toBe(
    '![allowed by your token](o) **requires fakebookapi.read**  \nReturns one book, or null if there is none with this id.',
  )
  expect(annotated.getMutationType()?.getFields().addBook?.description).toBe(
    '![locked](s) **requires fakebookapi.admin**  \nAdds a book and returns it.',
  )
})

test('the examples are valid', () => {
  const examples = parse(readFileSync('src/clients/ide/examples.graphql', 'utf8'))
  expect(examples.definitions).toHaveLength(4)
  expect(validate(schema, examples)).toEqual([])
})

test.each([
  { id: 'ide/N01', query: '{ books { title addedBy } }', names: ['addedBy'] },
  { id: 'ide/N02', query: '{ a: books { b: addedBy } }', names: ['addedBy'] },
  { id: 'ide/N03', query: '{ book(id: 1) { id } }', names: ['id'] },
  { id: 'ide/N04', query: '{ book { ...F } } fragment F on Book { addedAt }', names: ['addedAt'] },
  {
    id: 'ide/N05',
    query: 'mutation { addBooks(inputs: [{ cost: 1, title: "" }]) { id } }',
    names: ['addBooks', 'cost'],
  },
  { id: 'ide/N06', query: '{ __typename @include(id: true) unknown(id: 1) { addedBy } }', names: [] },
  { id: 'ide/N07', query: '{ books { addedBy ', names: [] },
])('$id finds the locked names $names in $query', ({ query, names }) => {
  const inputRules = [
    { coordinate: 'Query.book(id:)', scopes: [['a']] },
    { coordinate: 'AddBookInput.cost', scopes: [['a']] },
  ]
  const locks = computePadlocks(schema, [...rows, ...inputRules], new Set(['fakebookapi.read']))
  const found = findLockedNames(schema, locks, query)
  expect(found.map(({ name }) => name)).toEqual(names)
  for (const { name, line, column } of found)
    expect([line, query.slice(column - 1, column - 1 + name.length)]).toEqual([1, name])
})
