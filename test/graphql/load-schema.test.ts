import { expect, test } from '@jest/globals'
import { extendSchema, parse } from 'graphql'
import { createApiScopes, loadSchema } from '../../src/graphql/load-schema.ts'
import { ScopeSchemaError } from '../../src/scopes/index.ts'

test('the rules of the API’s schema are read in strict mode: a new type cannot only inherit a rule', () => {
  const addReviews = parse('type Review { text: String! } extend type Book { reviews: [Review!]! }')
  const schema = extendSchema(loadSchema(), addReviews)
  expect(() => createApiScopes(schema)).toThrow(ScopeSchemaError)
  expect(() => createApiScopes(schema)).toThrow(/^Invalid schema:\n {2}Review\.text [^\n]*has no rule[^\n]*$/)
})
