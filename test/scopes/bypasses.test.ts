import { expect, test } from '@jest/globals'
import { parse, validate } from 'graphql'
import { readValidatedRules } from '../../src/scopes/lint.ts'
import { DOCUMENT_BYPASSES } from '../cases/scopes/bypasses/documents.ts'
import { SCHEMA_BYPASSES } from '../cases/scopes/bypasses/schemas.ts'
import { decideDocument, formatDenials } from '../support/scopes/decide-document.ts'
import { buildUncheckedSchema, declareScopes, findSchemaViolations } from '../support/scopes/lint-schema.ts'

const buildBypassSchema = (sdl: string) => buildUncheckedSchema(declareScopes(sdl, 'read', 'admin'))

const findRejectedCoordinates = (sdl: string) =>
  findSchemaViolations(buildBypassSchema(sdl)).map(({ coordinate }) => coordinate)

test.each(SCHEMA_BYPASSES)('$id rejects $title', ({ schema, rejectedCoordinates }) => {
  expect(findRejectedCoordinates(schema)).toEqual(rejectedCoordinates)
})

test.each(DOCUMENT_BYPASSES)('$id accepts the schema of: $title', ({ schema }) => {
  expect(findRejectedCoordinates(schema)).toEqual([])
})

const DOCUMENTS = DOCUMENT_BYPASSES.flatMap(({ id, title, schema, documents = [] }) =>
  documents.map((row) => ({ id, title, schema, ...row })),
)
test.each(DOCUMENTS)('$id $title: $document', ({ schema: sdl, document, denied, variables }) => {
  const schema = buildBypassSchema(sdl)
  expect(validate(schema, parse(document))).toEqual([])
  const rules = readValidatedRules(schema)
  expect(formatDenials(decideDocument(schema, rules, document, [], variables))).toEqual(denied)
  expect(decideDocument(schema, rules, document, ['read', 'admin'], variables).allowed).toBe(true)
})

test('scopes/B12 rejects directives that are used without a declaration', () => {
  const schema = buildUncheckedSchema('type Query { x: Int @requiresScope(scopes: "read") }', '')
  expect(findSchemaViolations(schema).map(({ coordinate }) => coordinate)).toEqual(['Query.x', 'Query.x'])
})
