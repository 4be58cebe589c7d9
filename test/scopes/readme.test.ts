// Decides on the operations of the package's README with the scopes that it names.
import { expect, test } from '@jest/globals'
import { buildSchema, parse, validate } from 'graphql'
import { createScopes, scopeDirectives } from '../../src/scopes/index.ts'
import { readPage } from '../support/doc-pages.ts'
import { declareScopes } from '../support/scopes/lint-schema.ts'

const [, sdl = '', table = ''] =
  /### Examples\n\n```graphql\n([\s\S]*?)```\n\n([\s\S]*?)\n\n/.exec(readPage('src/scopes/README.md')) ?? []
const scopes = createScopes(buildSchema(scopeDirectives + declareScopes(sdl, 'read', 'write', 'admin')))
const rows = [...table.matchAll(/^\| `(.+?)` \| (.+?) \|/gm)].map(([, operation = '', needed = '']) => ({
  operation,
  needed: [...needed.matchAll(/\w+/g)].map(([name]) => name),
}))

test('the README has examples', () => {
  expect(rows.length).toBeGreaterThan(5)
})

test.each(rows)('README: $operation needs $needed', ({ operation, needed }) => {
  const document = parse(operation)
  expect(validate(scopes.schema, document)).toEqual([])
  const isAllowed = (granted: readonly string[]) =>
    scopes.authorize({ document, contextValue: {}, scopes: granted }).allowed
  expect(isAllowed(needed)).toBe(true)
  for (const missing of needed) expect(isAllowed(needed.filter((name) => name !== missing))).toBe(false)
})
