import { expect, test } from '@jest/globals'
import {
  decodeUnverifiedClaims,
  explainMissingToken,
  findBearerToken,
  formatRemainingTime,
  withBearerToken,
} from '../../../src/clients/ide/access-token.ts'

const createJwt = (payload: unknown) =>
  `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2ln`

test.each([
  { id: 'ide/H01', headers: { Authorization: 'Bearer a.b.c' }, token: 'a.b.c' },
  { id: 'ide/H02', headers: { authorization: 'bearer  a.b.c' }, token: 'a.b.c' },
  { id: 'ide/H03', headers: { Authorization: ' Bearer a.b-_c==\n' }, token: 'a.b-_c==' },
  { id: 'ide/H04', headers: { Authorization: 'Basic YTpi' }, token: undefined },
  { id: 'ide/H05', headers: { Authorization: 'DPoP a.b.c' }, token: undefined },
  { id: 'ide/H06', headers: { Authorization: 'a.b.c' }, token: undefined },
  { id: 'ide/H07', headers: { Authorization: 'Bearer "a.b.c"' }, token: undefined },
  { id: 'ide/H08', headers: { Authorization: 'Bearer a b' }, token: undefined },
  { id: 'ide/H09', headers: { Authorization: 'Bearer ' }, token: undefined },
  { id: 'ide/H10', headers: { Authorization: null }, token: undefined },
])('$id finds the token $token in $headers, or explains why there is none', ({ headers, token }) => {
  expect(findBearerToken(headers)).toBe(token)
  expect(explainMissingToken(headers)?.includes('Bearer <token>')).toBe(
    token === undefined ? true : undefined,
  )
})

test('explains invalid JSON, but not headers without a token', () => {
  expect(explainMissingToken(undefined)).toContain('not valid JSON')
  expect([explainMissingToken({}), explainMissingToken({ 'x-request-id': '1' })]).toEqual([
    undefined,
    undefined,
  ])
})

test('replaces or removes the token and keeps other headers', () => {
  const text = withBearerToken({ 'x-request-id': '1', AUTHORIZATION: 'Bearer old' }, 'new')
  expect(JSON.parse(text)).toEqual({ 'x-request-id': '1', Authorization: 'Bearer new' })
  expect(withBearerToken(JSON.parse(text), undefined)).toBe('{\n  "x-request-id": "1"\n}')
  expect(withBearerToken({}, undefined)).toBe('')
})

const decode = (token: string) => decodeUnverifiedClaims(token, ['scp', 'scope'])

test('decodes the claims of Okta and of RFC 9068', () => {
  expect(decode(createJwt({ sub: 'é@example.com', cid: 'job', scp: ['a', 'b'], exp: 5 }))).toEqual({
    subject: 'é@example.com',
    clientId: 'job',
    scopes: ['a', 'b'],
    expiresAt: 5_000,
  })
  expect(decode(createJwt({ client_id: 'job' }))).toEqual({
    subject: undefined,
    clientId: 'job',
    scopes: [],
    expiresAt: undefined,
  })
})

test.each([
  { id: 'ide/S01', claims: { scp: ['a', 'b'] }, scopes: ['a', 'b'] },
  { id: 'ide/S02', claims: { scp: ['a'], scope: 'a b' }, scopes: ['a'] },
  { id: 'ide/S03', claims: { scp: [], scope: 'a' }, scopes: [] },
  { id: 'ide/S04', claims: { scope: 'a b' }, scopes: ['a', 'b'] },
  { id: 'ide/S05', claims: { scp: 'a b' }, scopes: ['a', 'b'] },
  { id: 'ide/S06', claims: { scp: ['a', 7] }, scopes: [] },
  { id: 'ide/S07', claims: {}, scopes: [] },
  { id: 'ide/S08', claims: { scp: null, scope: 'a' }, scopes: [] },
  { id: 'ide/S09', claims: { scp: 'a  b' }, scopes: [] },
])('$id reads the scopes $scopes from $claims, as the API does', ({ claims, scopes }) =>
  expect(decode(createJwt(claims))?.scopes).toEqual(scopes),
)

test.each(['', 'a', 'a.b', 'a.b.c', `e30.${btoa('7')}.c`, `e30.${btoa('{')}.c`, 'e30.é.c'])(
  'returns no claims for %j, which is not a JWT',
  (token) => expect(decode(token)).toBeUndefined(),
)

test('reads the claim of SCOPE_CLAIM alone', () => {
  const token = createJwt({ scp: ['a'], permissions: ['b'] })
  expect(decodeUnverifiedClaims(token, ['permissions'])?.scopes).toEqual(['b'])
})

test('ignores claims of other types', () => {
  const claims = { sub: 7, cid: {}, scp: 7, exp: 'soon' }
  expect(decode(createJwt(claims))).toEqual({
    subject: undefined,
    clientId: undefined,
    scopes: [],
    expiresAt: undefined,
  })
})

test.each([
  { id: 'ide/R01', remainingMs: 0, text: undefined },
  { id: 'ide/R02', remainingMs: -1, text: undefined },
  { id: 'ide/R03', remainingMs: 1, text: '1 s' },
  { id: 'ide/R04', remainingMs: 119_000, text: '119 s' },
  { id: 'ide/R05', remainingMs: 120_000, text: '2 min' },
  { id: 'ide/R06', remainingMs: 3_600_000, text: '60 min' },
  { id: 'ide/R07', remainingMs: 7_200_000, text: '2 h' },
])('$id formats $remainingMs ms as $text', ({ remainingMs, text }) =>
  expect(formatRemainingTime(1_000_000, 1_000_000 - remainingMs)).toBe(text),
)
