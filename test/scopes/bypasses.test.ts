import { expect, test } from '@jest/globals'
import { parse, validate } from 'graphql'
import { lintedRules } from '../../src/scopes/lint.ts'
import { DOCUMENTS } from '../cases/scopes/bypasses/documents.ts'
import { SCHEMAS } from '../cases/scopes/bypasses/schemas.ts'
import { decided, denials } from '../support/scopes/decide-document.ts'
import { faultsOf, unchecked } from '../support/scopes/lint-schema.ts'

const BYPASSES = [...SCHEMAS, ...DOCUMENTS]
const KNOWN = 'extend schema @scope(name: "read", description: "R") @scope(name: "admin", description: "A")'

const schemaOf = (source: string) => unchecked(`${KNOWN} ${source}`)

test.each(BYPASSES)('$id $what: started or not', ({ schema, refused = [] }) => {
  expect(faultsOf(schemaOf(schema)).map((fault) => fault.coordinate)).toEqual(refused)
})

const documents = BYPASSES.flatMap(({ id, schema, asks = [] }) =>
  asks.map(([document, denied, variables = {}]) => [id, document, denied, schema, variables] as const),
)
test.each(documents)('%s %s', (_, document, denied, source, variables) => {
  const schema = schemaOf(source)
  expect(validate(schema, parse(document))).toEqual([])
  const rules = lintedRules(schema)
  expect(denials(decided(schema, rules, document, [], variables)).join(', ')).toBe(denied)
  expect(decided(schema, rules, document, ['read', 'admin'], variables).allowed).toBe(true)
})

test('B12 directives that nobody declared are not passed over', () => {
  const schema = unchecked('type Query { x: Int @requiresScope(scopes: "read") }', '')
  expect(faultsOf(schema).map((fault) => fault.coordinate)).toEqual([
    '@requiresScope',
    '@public',
    '@scope',
    'Query.x',
    'Query.x',
  ])
})
