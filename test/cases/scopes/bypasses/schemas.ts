import type { Bypass } from './bypass.ts'

const one = (field: string, more = '') => `type Query { ${field} } ${more}`

/** Ways round by a schema that looks guarded: the start is refused. */
export const SCHEMA_BYPASSES: readonly Bypass[] = [
  {
    id: 'B02',
    title: 'a rule on the interface alone',
    rejectedCoordinates: ['T.s'],
    schema:
      'type Query { n: N @requiresScope(scopes: "read") } interface N { s: Int @requiresScope(scopes: "admin") } type T implements N { s: Int }',
  },
  {
    id: 'B02a',
    title: 'a rule on the interface’s argument alone',
    rejectedCoordinates: ['T.s(x:)'],
    schema:
      'type Query { n: N @requiresScope(scopes: "read") } interface N { s(x: Int @requiresScope(scopes: "admin")): Int } type T implements N { s(x: Int): Int }',
  },
  {
    id: 'B03',
    title: 'a directive by another name',
    schema: one('x: Int @needsScope(scopes: "admin")'),
    rejectedCoordinates: ['Query.x', 'Query.x'],
  },
  {
    id: 'B04',
    title: 'a field that reads a guarded one for its callers',
    rejectedCoordinates: ['T.f'],
    schema: `directive @requires(fields: String!) on FIELD_DEFINITION
      type Query { t: T @public(reason: "r") }
      type T { s: Int @requiresScope(scopes: "admin") f: Int @public(reason: "r") @requires(fields: "s") }`,
  },
  {
    id: 'B10',
    title: 'a flat list',
    schema: one('x: Int @requiresScope(scopes: ["admin", "read"])'),
    rejectedCoordinates: ['Query.x'],
  },
  {
    id: 'B11a',
    title: 'no alternative',
    schema: one('x: Int @requiresScope(scopes: [])'),
    rejectedCoordinates: ['Query.x'],
  },
  {
    id: 'B11b',
    title: 'an empty alternative',
    schema: one('x: Int @requiresScope(scopes: [[]])'),
    rejectedCoordinates: ['Query.x'],
  },
  {
    id: 'B11c',
    title: 'an empty alternative beside another',
    schema: one('x: Int @requiresScope(scopes: [["admin"], []])'),
    rejectedCoordinates: ['Query.x'],
  },
  {
    id: 'B11d',
    title: 'an empty scope',
    schema: one('x: Int @requiresScope(scopes: [[""]])'),
    rejectedCoordinates: ['Query.x'],
  },
  {
    id: 'B11e',
    title: 'null',
    schema: one('x: Int @requiresScope(scopes: null)'),
    rejectedCoordinates: ['Query.x'],
  },
  {
    id: 'B18a',
    title: 'a scalar that is only given',
    rejectedCoordinates: ['Money'],
    schema: one(
      'x(m: Money): Int @requiresScope(scopes: "read")',
      'scalar Money @requiresScope(scopes: "admin")',
    ),
  },
  {
    id: 'B18b',
    title: 'a type that nothing leads to',
    rejectedCoordinates: ['Lost'],
    schema: one(
      'x: Int @requiresScope(scopes: "read")',
      'type Lost @requiresScope(scopes: "admin") { x: Int }',
    ),
  },
  {
    id: 'B18c',
    title: 'an interface',
    rejectedCoordinates: ['N'],
    schema: one(
      'n: N @requiresScope(scopes: "read")',
      'interface N @requiresScope(scopes: "admin") { x: Int } type T implements N { x: Int }',
    ),
  },
  {
    id: 'B18d',
    title: 'two rules, one by extension',
    rejectedCoordinates: ['Query'],
    schema: one(
      'x: Int',
      'extend type Query @requiresScope(scopes: "read") extend type Query @requiresScope(scopes: "admin")',
    ),
  },
  {
    id: 'B18f',
    title: 'a directive’s argument',
    rejectedCoordinates: ['@d(x:)'],
    schema: one(
      'x: Int @requiresScope(scopes: "read")',
      'directive @d(x: Int @requiresScope(scopes: "admin")) on FIELD',
    ),
  },
]
