import { expect, test } from '@jest/globals'
import { buildSchema } from 'graphql'
import { computeRequiredScopes } from '../../src/scopes/authorize-plan.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'
import { compileDocument, decideDocument } from '../support/scopes/decide-document.ts'
import { buildUncheckedSchema, declareScopes, findSchemaViolations } from '../support/scopes/lint-schema.ts'

const SCHEMA = declareScopes(
  `type Query {
    open: Int @public(reason: "test")
    me: Int @authenticated
    a: Int @requiresScope(scopes: "a")
    profile: Profile
    arg(x: Int @authenticated): Int @public(reason: "test")
    input(in: In): Int @public(reason: "test")
  }
  type Profile @authenticated { name: Int email: Int @requiresScope(scopes: "a") }
  input In { plain: Int hidden: Int @authenticated }`,
  'a',
)
const schema = buildSchema(SCOPE_DIRECTIVES + SCHEMA)
const rules = readRules(schema)

test('scopes/AU00 is a valid schema', () => {
  expect(findSchemaViolations(schema)).toEqual([])
})

/** Which of the coordinates an anonymous caller is denied, and the scopes that a token needs. */
test.each([
  { id: 'scopes/AU01', document: '{ open }', denied: [], required: [] },
  { id: 'scopes/AU02', document: '{ me }', denied: ['Query.me'], required: [] },
  { id: 'scopes/AU03', document: '{ me a }', denied: ['Query.me', 'Query.a'], required: ['a'] },
  { id: 'scopes/AU04', document: '{ profile { name } }', denied: ['Profile'], required: [] },
  {
    id: 'scopes/AU05',
    document: '{ profile { email } }',
    denied: ['Profile', 'Profile.email'],
    required: ['a'],
  },
  { id: 'scopes/AU06', document: '{ arg }', denied: [], required: [] },
  { id: 'scopes/AU07', document: '{ arg(x: null) }', denied: ['Query.arg(x:)'], required: [] },
  { id: 'scopes/AU08', document: '{ input(in: { plain: 1 }) }', denied: [], required: [] },
  { id: 'scopes/AU09', document: '{ input(in: { hidden: 1 }) }', denied: ['In.hidden'], required: [] },
  { id: 'scopes/AU10', document: '{ profile { __typename } }', denied: ['Profile'], required: [] },
])('$id $document: denies an anonymous caller $denied', ({ document, denied, required }) => {
  const decision = decideDocument(schema, rules, document, undefined)
  expect(decision.allowed ? [] : decision.denials.map(({ coordinate }) => coordinate)).toEqual(denied)
  if (!decision.allowed) expect(decision.needed).toEqual(required)
  expect(computeRequiredScopes(compileDocument(schema, rules, document))).toEqual(required)
  // A token without any scope satisfies @authenticated, and nothing else.
  expect(decideDocument(schema, rules, document, []).allowed).toBe(required.length === 0)
  expect(decideDocument(schema, rules, document, ['a']).allowed).toBe(true)
})

test('scopes/AU11 names no scope in the denial of an anonymous caller', () => {
  const decision = decideDocument(schema, rules, '{ me }', undefined)
  expect(decision).toMatchObject({ denials: [{ requiredScopes: [], missingScopes: [] }] })
})

const A = '@requiresScope(scopes: "a")'

test.each([
  {
    id: 'scopes/AU20',
    title: 'a rule with @authenticated',
    sdl: `type Query { x: Int ${A} @authenticated }`,
    message: 'has a rule, which includes @authenticated. Remove @authenticated.',
  },
  {
    id: 'scopes/AU21',
    title: '@authenticated on an interface',
    sdl: `type Query { n: N ${A} } interface N @authenticated { x: Int } type T implements N { x: Int }`,
    message: 'cannot have a rule. Put it on the object types, or on the interface’s fields.',
  },
  {
    id: 'scopes/AU22',
    title: 'a public field where the interface requires a token',
    sdl: `type Query { n: N @public(reason: "r") } interface N { x: Int @authenticated }
      type T implements N { x: Int @public(reason: "r") }`,
    message: 'is weaker than N.x, which it implements. Require an access token.',
  },
  {
    id: 'scopes/AU23',
    title: '@authenticated with @public',
    sdl: 'type Query { x: Int @authenticated @public(reason: "r") }',
    message: 'has both a rule and @public. Remove one of them.',
  },
  {
    id: 'scopes/AU24',
    title: 'a field that no operation can reach',
    sdl: `type Query { x: Int ${A} } type T { y: Int @authenticated }`,
    message: 'has a rule without effect: no operation can reach it. Remove the rule.',
  },
])('$id rejects $title', ({ sdl, message }) => {
  const violations = findSchemaViolations(buildUncheckedSchema(declareScopes(sdl, 'a')))
  expect(violations.map((violation) => violation.message)).toContain(message)
})

test('scopes/AU25 accepts a scope where the interface requires a token only', () => {
  const sdl = `type Query { n: N @public(reason: "r") } interface N { x: Int @authenticated } type T implements N { x: Int ${A} }`
  expect(findSchemaViolations(buildUncheckedSchema(declareScopes(sdl, 'a')))).toEqual([])
})
