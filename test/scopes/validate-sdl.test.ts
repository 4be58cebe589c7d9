import { expect, test } from '@jest/globals'
import { parse } from 'graphql'
import { specifiedSDLRules } from 'graphql/validation/specifiedRules.js'
import { validateSDL } from 'graphql/validation/validate.js'
import { SDL_RULES, validateSdl } from '../../src/scopes/validate-sdl.ts'

test('scopes/W01 validates SDL with the rules of graphql-js', () => {
  const names = specifiedSDLRules.map(({ name }) => name.replace('OnDirectivesRule', 'Rule'))
  expect(SDL_RULES.map(({ name }) => name)).toEqual(names)
})

test.each([
  { id: 'scopes/W02', sdl: 'type Query { a: Int } schema { query: Query } schema { query: Query }' },
  { id: 'scopes/W03', sdl: 'schema { query: A query: B } type A { a: Int } type B { a: Int }' },
  { id: 'scopes/W04', sdl: 'type A { a: Int a: Int } type A { b: Int } enum E { X X }' },
  {
    id: 'scopes/W05',
    sdl: 'type A { a(x: Int x: Int): Unknown @missing } directive @d on ENUM directive @d on ENUM',
  },
  {
    id: 'scopes/W06',
    sdl: 'directive @d(a: Int!) on OBJECT type A @d { a: Int } type B @d(a: 1) @d(a: 2, b: 3, a: 1) { a: Int }',
  },
  {
    id: 'scopes/W07',
    sdl: 'extend type A { a: Int } enum E { X } extend type E { a: Int } scalar S @specifiedBy',
  },
  {
    id: 'scopes/W08',
    sdl: 'type A { a: Int @deprecated(reason: { a: 1, a: 2 }) } directive @deprecated on OBJECT',
  },
  {
    id: 'scopes/W09',
    sdl: 'type Query { a: [Int!]! @deprecated(why: 1) } union U = V input I { a: Int = 1, a: Int }',
  },
])('$id reports the errors that graphql-js reports for $sdl', ({ sdl }) => {
  const document = parse(sdl)
  const expected = validateSDL(document).map(({ message, locations }) => ({ message, locations }))
  expect(validateSdl(document).map(({ message, locations }) => ({ message, locations }))).toEqual(expected)
})
