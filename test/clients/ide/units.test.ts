import { describe, expect, test } from '@jest/globals'
import { getIntrospectionQuery, graphqlSync, type IntrospectionQuery, parse, validate } from 'graphql'
import {
  decodeUnverifiedClaims,
  explainMissingToken,
  findBearerToken,
  formatRemainingTime,
  withBearerToken,
} from '../../../src/clients/ide/access-token.ts'
import {
  buildStepUpScopes,
  findMissingScopes,
  parseBearerChallenge,
} from '../../../src/clients/ide/challenge.ts'
import { EXAMPLE_QUERIES } from '../../../src/clients/ide/example-queries.ts'
import { addPadlocksToSchema, computePadlocks, toRules } from '../../../src/clients/ide/padlocks.ts'
import { loadSchema } from '../../../src/graphql/load-schema.ts'
import { readRules } from '../../../src/scopes/index.ts'

const jwt = (payload: unknown) => `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2ln`

describe('the header editor', () => {
  test.each([
    [{ Authorization: 'Bearer a.b.c' }, 'a.b.c'],
    [{ authorization: 'bearer  a.b.c' }, 'a.b.c'],
    [{ Authorization: ' Bearer a.b-_c==\n' }, 'a.b-_c=='],
    [{ Authorization: 'Basic YTpi' }, undefined],
    [{ Authorization: 'DPoP a.b.c' }, undefined],
    [{ Authorization: 'a.b.c' }, undefined],
    [{ Authorization: 'Bearer "a.b.c"' }, undefined],
    [{ Authorization: 'Bearer a b' }, undefined],
    [{ Authorization: 'Bearer ' }, undefined],
    [{ Authorization: null }, undefined],
  ])('%j has the token %s, or says why not', (headers, token) => {
    expect(findBearerToken(headers)).toBe(token)
    expect(explainMissingToken(headers)?.includes('Bearer <token>')).toBe(
      token === undefined ? true : undefined,
    )
  })

  test('what is no JSON is told; what speaks of no token is not', () => {
    expect(explainMissingToken(undefined)).toContain('not JSON')
    expect([explainMissingToken({}), explainMissingToken({ 'x-request-id': '1' })]).toEqual([
      undefined,
      undefined,
    ])
  })

  test('a token takes the place of another, beside other headers', () => {
    const text = withBearerToken({ 'x-request-id': '1', AUTHORIZATION: 'Bearer old' }, 'new')
    expect(JSON.parse(text)).toEqual({ 'x-request-id': '1', Authorization: 'Bearer new' })
    expect(withBearerToken(JSON.parse(text), undefined)).toBe('{\n  "x-request-id": "1"\n}')
    expect(withBearerToken({}, undefined)).toBe('')
  })
})

describe('what a token says', () => {
  test('Okta’s list, and RFC 9068’s text', () => {
    expect(
      decodeUnverifiedClaims(jwt({ sub: 'é@example.com', cid: 'job', scp: ['a', 'b'], exp: 5 })),
    ).toEqual({
      subject: 'é@example.com',
      clientId: 'job',
      scopes: ['a', 'b'],
      expiresAt: 5_000,
    })
    expect(decodeUnverifiedClaims(jwt({ client_id: 'job', scope: 'a  b' }))).toEqual({
      subject: undefined,
      clientId: 'job',
      scopes: ['a', 'b'],
      expiresAt: undefined,
    })
  })

  test.each(['', 'a', 'a.b', 'a.b.c', `e30.${btoa('7')}.c`, `e30.${btoa('{')}.c`, 'e30.é.c'])(
    '%s is no JWT',
    (text) => expect(decodeUnverifiedClaims(text)).toBeUndefined(),
  )

  test('what is of another kind counts for nothing', () => {
    const claims = { sub: 7, cid: {}, scp: ['a', 7, null, ''], exp: 'soon' }
    expect(decodeUnverifiedClaims(jwt(claims))).toEqual({
      subject: undefined,
      clientId: undefined,
      scopes: ['a'],
      expiresAt: undefined,
    })
  })

  test.each([
    [0, undefined],
    [-1, undefined],
    [1, '1 s'],
    [119_000, '119 s'],
    [120_000, '2 min'],
    [3_600_000, '60 min'],
    [7_200_000, '2 h'],
  ])('%d ms before its end: %s', (left, words) =>
    expect(formatRemainingTime(1_000_000, 1_000_000 - left)).toBe(words),
  )
})

describe('a challenge', () => {
  test('its parameters, with what is escaped in them', () => {
    const header =
      'Bearer error="insufficient_scope", error_description="say \\"please\\", then wait", scope="a b", resource_metadata="http://x"'
    expect(parseBearerChallenge(403, header)).toEqual({
      status: 403,
      error: 'insufficient_scope',
      description: 'say "please", then wait',
      scopes: ['a', 'b'],
    })
    expect(parseBearerChallenge(401, 'Bearer resource_metadata="http://x"')).toMatchObject({
      error: undefined,
      scopes: [],
    })
  })

  test.each([null, '', 'Basic realm="x"', 'DPoP error="use_dpop_nonce"', 'Bearerish x="y"'])(
    '%s is none of ours',
    (header) => expect(parseBearerChallenge(401, header)).toBeUndefined(),
  )

  test('what to ask for: all that is held, and what is lacking', () => {
    const challenge = { status: 403, error: 'insufficient_scope', description: undefined, scopes: ['c', 'a'] }
    expect(buildStepUpScopes(challenge, ['a', 'b'])).toEqual(['a', 'b', 'c'])
    expect(findMissingScopes(challenge, ['a', 'b'])).toEqual(['c'])
  })
})

describe('padlocks', () => {
  const schema = loadSchema()
  const rules = readRules(schema)
  const described = graphqlSync({ schema, source: getIntrospectionQuery() })
    .data as unknown as IntrospectionQuery
  const states = (...held: string[]) =>
    new Map(computePadlocks(described, rules, new Set(held)).map((lock) => [lock.coordinate, lock.state]))

  test('every rule on a field has one, and what asks for nothing has none', () => {
    const locks = computePadlocks(described, rules, new Set())
    const guarded = locks.filter(({ state }) => state !== 'public').map(({ coordinate }) => coordinate)
    expect(guarded.sort()).toEqual([...rules.keys()].sort())
    expect(states().get('Book.title')).toBe('public')
  })

  test('they open by what is held, to the letter', () => {
    expect(states('fakebookapi.read').get('Query.book')).toBe('open')
    expect(states('fakebookapi.read').get('Book.addedBy')).toBe('shut')
    expect(states('fakebookapi.admin').get('Query.book')).toBe('shut')
    expect(states('FAKEBOOKAPI.READ').get('Query.book')).toBe('shut')
  })

  test('a rule of alternatives opens by one that is held whole', () => {
    const either = toRules([{ coordinate: 'Query.book', scopes: [['a', 'b'], ['c']] }])
    const of = (...held: string[]) =>
      computePadlocks(described, either, new Set(held)).find(({ coordinate }) => coordinate === 'Query.book')
    expect([of('a')?.state, of('a', 'b')?.state, of('c')?.state]).toEqual(['shut', 'open', 'open'])
    expect(of()?.requirement).toBe('c, or a and b')
  })

  test('an argument has its own', () => {
    const own = toRules([{ coordinate: 'Query.book(id:)', scopes: [['a_b']] }])
    const locks = computePadlocks(described, own, new Set())
    expect(locks.filter(({ state }) => state !== 'public')).toEqual([
      { coordinate: 'Query.book(id:)', type: 'Query', field: 'book(id:)', requirement: 'a_b', state: 'shut' },
    ])
    const marked = JSON.stringify(addPadlocksToSchema(described, locks, { open: 'o', shut: 's' }))
    expect(marked).toContain(JSON.stringify("![shut](s) **needs a\\_b**  \nThe book's id.").slice(1, -1))
  })

  test('a description begins with its padlock, and does not say the same at its end', () => {
    const locks = computePadlocks(described, rules, new Set(['fakebookapi.read']))
    const marked = addPadlocksToSchema(described, locks, { open: '/open.svg', shut: '/shut.svg' })
    const fieldsOf = (name: string) =>
      marked.__schema.types.flatMap((type) => (type.name === name && 'fields' in type ? type.fields : []))
    const words = (type: string, field: string) =>
      fieldsOf(type).find(({ name }) => name === field)?.description
    expect(words('Query', 'book')).toBe(
      '![open for your token](/open.svg) **needs fakebookapi.read**  \nReturns one book, or null if there is none with this id.',
    )
    expect(words('Mutation', 'addBook')).toMatch(/^!\[shut\]\(\/shut\.svg\) \*\*needs fakebookapi\.admin\*\*/)
    expect(words('Book', 'title')).toBe('The title, up to 500 characters.')
  })

  test.each(EXAMPLE_QUERIES)('$name is right for the schema', ({ query }) => {
    expect(validate(schema, parse(query))).toEqual([])
  })
})
