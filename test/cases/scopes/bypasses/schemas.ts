import type { Bypass } from './bypass.ts'

const one = (field: string, more = '') => `type Query { ${field} } ${more}`

/** Ways round by a schema that looks guarded: the start is refused. */
export const SCHEMAS: readonly Bypass[] = [
  {
    id: 'B02',
    what: 'a rule on the interface alone',
    refused: ['T.s'],
    schema:
      'type Query { n: N @requiresScope(scopes: "read") } interface N { s: Int @requiresScope(scopes: "admin") } type T implements N { s: Int }',
  },
  {
    id: 'B02a',
    what: 'a rule on the interface’s argument alone',
    refused: ['T.s(x:)'],
    schema:
      'type Query { n: N @requiresScope(scopes: "read") } interface N { s(x: Int @requiresScope(scopes: "admin")): Int } type T implements N { s(x: Int): Int }',
  },
  {
    id: 'B03',
    what: 'a directive by another name',
    schema: one('x: Int @needsScope(scopes: "admin")'),
    refused: ['Query.x', 'Query.x'],
  },
  {
    id: 'B04',
    what: 'a field that reads a guarded one for its callers',
    refused: ['T.f'],
    schema: `directive @requires(fields: String!) on FIELD_DEFINITION
      type Query { t: T @public(reason: "r") }
      type T { s: Int @requiresScope(scopes: "admin") f: Int @public(reason: "r") @requires(fields: "s") }`,
  },
  {
    id: 'B10',
    what: 'a flat list',
    schema: one('x: Int @requiresScope(scopes: ["admin", "read"])'),
    refused: ['Query.x'],
  },
  {
    id: 'B11a',
    what: 'no alternative',
    schema: one('x: Int @requiresScope(scopes: [])'),
    refused: ['Query.x'],
  },
  {
    id: 'B11b',
    what: 'an empty alternative',
    schema: one('x: Int @requiresScope(scopes: [[]])'),
    refused: ['Query.x'],
  },
  {
    id: 'B11c',
    what: 'an empty alternative beside another',
    schema: one('x: Int @requiresScope(scopes: [["admin"], []])'),
    refused: ['Query.x'],
  },
  {
    id: 'B11d',
    what: 'an empty scope',
    schema: one('x: Int @requiresScope(scopes: [[""]])'),
    refused: ['Query.x'],
  },
  { id: 'B11e', what: 'null', schema: one('x: Int @requiresScope(scopes: null)'), refused: ['Query.x'] },
  {
    id: 'B18a',
    what: 'a scalar that is only given',
    refused: ['Money'],
    schema: one(
      'x(m: Money): Int @requiresScope(scopes: "read")',
      'scalar Money @requiresScope(scopes: "admin")',
    ),
  },
  {
    id: 'B18b',
    what: 'a type that nothing leads to',
    refused: ['Lost'],
    schema: one(
      'x: Int @requiresScope(scopes: "read")',
      'type Lost @requiresScope(scopes: "admin") { x: Int }',
    ),
  },
  {
    id: 'B18c',
    what: 'an interface',
    refused: ['N'],
    schema: one(
      'n: N @requiresScope(scopes: "read")',
      'interface N @requiresScope(scopes: "admin") { x: Int } type T implements N { x: Int }',
    ),
  },
  {
    id: 'B18d',
    what: 'two rules, one by extension',
    refused: ['Query'],
    schema: one(
      'x: Int',
      'extend type Query @requiresScope(scopes: "read") extend type Query @requiresScope(scopes: "admin")',
    ),
  },
  {
    id: 'B18f',
    what: 'a directive’s argument',
    refused: ['@d(x:)'],
    schema: one(
      'x: Int @requiresScope(scopes: "read")',
      'directive @d(x: Int @requiresScope(scopes: "admin")) on FIELD',
    ),
  },
]
