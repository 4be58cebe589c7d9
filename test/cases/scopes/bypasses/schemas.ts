import type { Bypass } from './bypass.ts'

const querySchema = (field: string, more = '') => `type Query { ${field} } ${more}`

/** Bypasses by a schema that only looks guarded, which must be rejected. */
export const SCHEMA_BYPASSES: readonly Bypass[] = [
  {
    id: 'scopes/B02',
    title: 'a rule on the interface alone',
    schema:
      'type Query { n: N @requiresScope(scopes: "read") } interface N { s: Int @requiresScope(scopes: "admin") } type T implements N { s: Int }',
    rejectedCoordinates: ['T.s'],
  },
  {
    id: 'scopes/B02a',
    title: 'a rule on the interface’s argument alone',
    schema:
      'type Query { n: N @requiresScope(scopes: "read") } interface N { s(x: Int @requiresScope(scopes: "admin")): Int } type T implements N { s(x: Int): Int }',
    rejectedCoordinates: ['T.s(x:)'],
  },
  {
    id: 'scopes/B03',
    title: 'an undeclared directive',
    schema: querySchema('x: Int @needsScope(scopes: "admin")'),
    rejectedCoordinates: ['Query.x', 'schema', 'Query.x'],
  },
  {
    id: 'scopes/B04',
    title: 'a public field that reads a guarded one through @requires',
    schema: `directive @requires(fields: String!) on FIELD_DEFINITION
      type Query { t: T @public(reason: "r") }
      type T { s: Int @requiresScope(scopes: "admin") f: Int @public(reason: "r") @requires(fields: "s") }`,
    rejectedCoordinates: ['T.f'],
  },
  {
    id: 'scopes/B10',
    title: 'a flat list of scopes',
    schema: querySchema('x: Int @requiresScope(scopes: ["admin", "read"])'),
    rejectedCoordinates: ['Query.x'],
  },
  {
    id: 'scopes/B11a',
    title: 'a rule without alternatives',
    schema: querySchema('x: Int @requiresScope(scopes: [])'),
    rejectedCoordinates: ['Query.x'],
  },
  {
    id: 'scopes/B11b',
    title: 'an empty alternative',
    schema: querySchema('x: Int @requiresScope(scopes: [[]])'),
    rejectedCoordinates: ['Query.x'],
  },
  {
    id: 'scopes/B11c',
    title: 'an empty alternative beside another one',
    schema: querySchema('x: Int @requiresScope(scopes: [["admin"], []])'),
    rejectedCoordinates: ['Query.x'],
  },
  {
    id: 'scopes/B11d',
    title: 'an empty scope name',
    schema: querySchema('x: Int @requiresScope(scopes: [[""]])'),
    rejectedCoordinates: ['Query.x'],
  },
  {
    id: 'scopes/B11e',
    title: 'null instead of scopes',
    schema: querySchema('x: Int @requiresScope(scopes: null)'),
    rejectedCoordinates: ['Query.x'],
  },
  {
    id: 'scopes/B18a',
    title: 'a rule on a scalar that is only used for inputs',
    schema: querySchema(
      'x(m: Money): Int @requiresScope(scopes: "read")',
      'scalar Money @requiresScope(scopes: "admin")',
    ),
    rejectedCoordinates: ['Money'],
  },
  {
    id: 'scopes/B18b',
    title: 'a rule on an unreachable type',
    schema: querySchema(
      'x: Int @requiresScope(scopes: "read")',
      'type Lost @requiresScope(scopes: "admin") { x: Int }',
    ),
    rejectedCoordinates: ['Lost'],
  },
  {
    id: 'scopes/B18c',
    title: 'a rule on an interface type',
    schema: querySchema(
      'n: N @requiresScope(scopes: "read")',
      'interface N @requiresScope(scopes: "admin") { x: Int } type T implements N { x: Int }',
    ),
    rejectedCoordinates: ['N'],
  },
  {
    id: 'scopes/B18d',
    title: 'two rules on one type, one of them in an extension',
    schema: querySchema(
      'x: Int',
      'extend type Query @requiresScope(scopes: "read") extend type Query @requiresScope(scopes: "admin")',
    ),
    rejectedCoordinates: ['Query'],
  },
  {
    id: 'scopes/B18f',
    title: 'a rule on the argument of a directive',
    schema: querySchema(
      'x: Int @requiresScope(scopes: "read")',
      'directive @d(x: Int @requiresScope(scopes: "admin")) on FIELD',
    ),
    rejectedCoordinates: ['@d(x:)'],
  },
]
