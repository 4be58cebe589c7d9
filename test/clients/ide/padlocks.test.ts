import { expect, test } from '@jest/globals'
import { getIntrospectionQuery, graphqlSync, type IntrospectionQuery, parse, validate } from 'graphql'
import { EXAMPLE_QUERIES } from '../../../src/clients/ide/example-queries.ts'
import { computePadlocks, toRules } from '../../../src/clients/ide/padlocks.ts'
import { addPadlocksToSchema } from '../../../src/clients/ide/schema-annotations.ts'
import { loadSchema } from '../../../src/graphql/load-schema.ts'
import { readRules } from '../../../src/scopes/read-rules.ts'

const schema = loadSchema()
const rules = readRules(schema)
const introspection = graphqlSync({ schema, source: getIntrospectionQuery() })
  .data as unknown as IntrospectionQuery
const states = (...held: string[]) =>
  new Map(computePadlocks(introspection, rules, new Set(held)).map((lock) => [lock.coordinate, lock.state]))

test('computes a padlock for each rule, and none for public fields', () => {
  const locks = computePadlocks(introspection, rules, new Set())
  const guarded = locks.filter(({ state }) => state !== 'public').map(({ coordinate }) => coordinate)
  expect(guarded.sort()).toEqual([...rules.keys()].sort())
  expect(states().get('Book.title')).toBe('public')
})

test('opens a padlock for an exact match of the scope', () => {
  expect(states('fakebookapi.read').get('Query.book')).toBe('open')
  expect(states('fakebookapi.read').get('Book.addedBy')).toBe('locked')
  expect(states('fakebookapi.admin').get('Query.book')).toBe('locked')
  expect(states('FAKEBOOKAPI.READ').get('Query.book')).toBe('locked')
})

test('opens a padlock when one alternative is held completely', () => {
  const alternatives = toRules([{ coordinate: 'Query.book', scopes: [['a', 'b'], ['c']] }])
  const padlockFor = (...held: string[]) =>
    computePadlocks(introspection, alternatives, new Set(held)).find(
      ({ coordinate }) => coordinate === 'Query.book',
    )
  expect([padlockFor('a')?.state, padlockFor('a', 'b')?.state, padlockFor('c')?.state]).toEqual([
    'locked',
    'open',
    'open',
  ])
  expect(padlockFor()?.requirement).toBe('c, or a and b')
})

test('computes a padlock for an argument', () => {
  const argumentRules = toRules([{ coordinate: 'Query.book(id:)', scopes: [['a_b']] }])
  const locks = computePadlocks(introspection, argumentRules, new Set())
  expect(locks.filter(({ state }) => state !== 'public')).toEqual([
    { coordinate: 'Query.book(id:)', type: 'Query', field: 'book(id:)', requirement: 'a_b', state: 'locked' },
  ])
  const annotated = JSON.stringify(addPadlocksToSchema(introspection, locks, { open: 'o', locked: 's' }))
  expect(annotated).toContain(
    JSON.stringify("![locked](s) **requires a\\_b**  \nThe book's id.").slice(1, -1),
  )
})

test('starts a description with the padlock, and removes the sentence that repeats it', () => {
  const locks = computePadlocks(introspection, rules, new Set(['fakebookapi.read']))
  const annotated = addPadlocksToSchema(introspection, locks, { open: '/open.svg', locked: '/locked.svg' })
  const fieldsOf = (name: string) =>
    annotated.__schema.types.flatMap((type) => (type.name === name && 'fields' in type ? type.fields : []))
  const descriptionOf = (type: string, field: string) =>
    fieldsOf(type).find(({ name }) => name === field)?.description
  expect(descriptionOf('Query', 'book')).toBe(
    '![allowed by your token](/open.svg) **requires fakebookapi.read**  \nReturns one book, or null if there is none with this id.',
  )
  expect(descriptionOf('Mutation', 'addBook')).toMatch(
    /^!\[locked\]\(\/locked\.svg\) \*\*requires fakebookapi\.admin\*\*/,
  )
  expect(descriptionOf('Book', 'title')).toBe('The title, up to 500 characters.')
})

test.each(EXAMPLE_QUERIES)('validates the example query "$name"', ({ query }) => {
  expect(validate(schema, parse(query))).toEqual([])
})
