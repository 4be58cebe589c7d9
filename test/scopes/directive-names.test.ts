import { expect, test } from '@jest/globals'
import { readRules } from '../../src/scopes/read-rules.ts'
import { buildUncheckedSchema, findSchemaViolations } from '../support/scopes/lint-schema.ts'

const FEDERATION = 'https://specs.apollo.dev/federation/v2.9'

/** Declares directives as Federation's tools do, under these names. */
const declare = (requiresScopes: string, authenticated: string) => `
  directive @link(url: String!, as: String, import: [LinkImport]) repeatable on SCHEMA
  scalar LinkImport
  scalar FederationScope
  directive @${requiresScopes}(scopes: [[FederationScope!]!]!) on OBJECT | FIELD_DEFINITION
  directive @${authenticated} on OBJECT | FIELD_DEFINITION
  type Query { x: Int @${requiresScopes}(scopes: [["a"]]) y: Int @${authenticated} }`

const RULES = [
  ['Query.x', [['a']]],
  ['Query.y', [['an access token']]],
]

test.each([
  {
    id: 'scopes/K01',
    title: 'imported',
    link: `url: "${FEDERATION}", import: ["@key", "@requiresScopes", "@authenticated"]`,
    names: ['requiresScopes', 'authenticated'],
  },
  {
    id: 'scopes/K02',
    title: 'imported under other names',
    link: `url: "${FEDERATION}", import: [{ name: "@requiresScopes", as: "@needs" }, { name: "@authenticated", as: "@token" }]`,
    names: ['needs', 'token'],
  },
  {
    id: 'scopes/K07',
    title: 'one of them imported without a list',
    link: `url: "${FEDERATION}", as: "fed", import: { name: "@requiresScopes", as: "@needs" }`,
    names: ['needs', 'fed__authenticated'],
  },
  {
    id: 'scopes/K08',
    title: 'imported under several names',
    link: `url: "${FEDERATION}", import: ["@requiresScopes", { name: "@requiresScopes", as: "@needs" }, "@authenticated"]`,
    names: ['needs', 'authenticated'],
  },
  {
    id: 'scopes/K03',
    title: 'not imported',
    link: `url: "${FEDERATION}"`,
    names: ['federation__requiresScopes', 'federation__authenticated'],
  },
  {
    id: 'scopes/K04',
    title: 'not imported, with another namespace',
    link: `url: "${FEDERATION}", as: "fed", import: ["@key"]`,
    names: ['fed__requiresScopes', 'fed__authenticated'],
  },
  {
    id: 'scopes/K05',
    title: 'of a specification of its own',
    link: 'url: "https://specs.apollo.dev/requiresScopes/v0.1", as: "needs"',
    names: ['needs', 'authenticated'],
  },
  {
    id: 'scopes/K06',
    title: 'declared without a link',
    link: undefined,
    names: ['requiresScopes', 'authenticated'],
  },
])('$id reads the directives of Federation: $title', ({ link, names }) => {
  const [requiresScopes = '', authenticated = ''] = names
  const sdl = declare(requiresScopes, authenticated)
  const schema = buildUncheckedSchema(link ? `${sdl} extend schema @link(${link})` : sdl, '')
  expect([...readRules(schema)]).toEqual(RULES)
})

test.each([
  {
    id: 'scopes/K10',
    title: 'a name that a link of another specification imports',
    sdl: `${declare('needs', 'token')}
      extend schema @link(url: "https://example.com/federation/v2.0", import: [{ name: "@requiresScopes", as: "@needs" }])`,
  },
  { id: 'scopes/K11', title: 'a name without a link', sdl: declare('federation__requiresScopes', 'token') },
])('$id does not read $title', ({ sdl }) => {
  expect([...readRules(buildUncheckedSchema(sdl, ''))]).toEqual([])
})

test('scopes/K12 rejects a directive that is used but not declared', () => {
  const schema = buildUncheckedSchema('type Query { x: Int @requiresScopes(scopes: [["a"]]) }')
  expect(findSchemaViolations(schema).map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^uses @requiresScopes, which is not declared and has no effect/),
  )
})

test('scopes/K13 rejects a directive that is declared with another type', () => {
  const sdl = declare('requiresScopes', 'authenticated').replace('[[FederationScope!]!]!', '[String!]!')
  const messages = findSchemaViolations(buildUncheckedSchema(sdl)).map(({ message }) => message)
  expect(messages).toContain('is declared with another type. Declare it with "scopes: [[Scope!]!]!".')
})
