import { expect, test } from '@jest/globals'
import { listGuardedNonNullFields } from '../../src/scopes/non-null-fields.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { buildUncheckedSchema } from '../support/scopes/lint-schema.ts'

test.each([
  {
    id: 'non-null-fields/N01',
    title: 'a nullable field',
    field: 'x: Int @requiresScope(scopes: "a")',
    listed: [],
  },
  { id: 'non-null-fields/N02', title: 'a field without a rule', field: 'x: Int!', listed: [] },
  {
    id: 'non-null-fields/N03',
    title: 'a field with a rule',
    field: 'x: [Int]! @requiresScope(scopes: "a")',
    listed: ['Query.x'],
  },
  {
    id: 'non-null-fields/N04',
    title: 'a field of a type with a rule',
    field: 'x: [T!]!',
    listed: ['Query.x'],
  },
  { id: 'non-null-fields/N05', title: 'a nullable list of a type with a rule', field: 'x: [T!]', listed: [] },
])('$id $title', ({ field, listed }) => {
  const sdl = `type Query { ${field} } type Mutation { ${field} } type Subscription { ${field} }
    type T @requiresScope(scopes: "a") { y: Int! }`
  const schema = buildUncheckedSchema(sdl)
  expect(listGuardedNonNullFields(schema, readRules(schema))).toEqual(listed)
})
