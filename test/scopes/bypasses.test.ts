import { expect, test } from '@jest/globals'
import { parse, validate } from 'graphql'
import { readValidatedRules } from '../../src/scopes/index.ts'
import { DOCUMENT_BYPASSES } from '../cases/scopes/bypasses/documents.ts'
import { SCHEMA_BYPASSES } from '../cases/scopes/bypasses/schemas.ts'
import { decideDocument, formatDenials } from '../support/scopes/decide-document.ts'
import { buildUncheckedSchema, findSchemaViolations } from '../support/scopes/lint-schema.ts'

const BYPASSES = [...SCHEMA_BYPASSES, ...DOCUMENT_BYPASSES]
const KNOWN = 'extend schema @scope(name: "read", description: "R") @scope(name: "admin", description: "A")'

const schemaOf = (source: string) => buildUncheckedSchema(`${KNOWN} ${source}`)

test.each(BYPASSES)('$id $what: started or not', ({ schema, rejectedCoordinates = [] }) => {
  expect(findSchemaViolations(schemaOf(schema)).map((fault) => fault.coordinate)).toEqual(rejectedCoordinates)
})

const documents = BYPASSES.flatMap(({ id, schema, documents: asks = [] }) =>
  asks.map(([document, denied, variables = {}]) => [id, document, denied, schema, variables] as const),
)
test.each(documents)('%s %s', (_, document, denied, source, variables) => {
  const schema = schemaOf(source)
  expect(validate(schema, parse(document))).toEqual([])
  const rules = readValidatedRules(schema)
  expect(formatDenials(decideDocument(schema, rules, document, [], variables)).join(', ')).toBe(denied)
  expect(decideDocument(schema, rules, document, ['read', 'admin'], variables).allowed).toBe(true)
})

test('B12 directives that nobody declared are not passed over', () => {
  const schema = buildUncheckedSchema('type Query { x: Int @requiresScope(scopes: "read") }', '')
  expect(findSchemaViolations(schema).map((fault) => fault.coordinate)).toEqual([
    '@requiresScope',
    '@public',
    '@scope',
    'Query.x',
    'Query.x',
  ])
})
