import { type InvalidTokenCase, signRewrittenPayload } from './token-case.ts'

const many = Array.from({ length: 201 }, (_, i) => `s${i}`)
const THUMBPRINT = 'x'.repeat(43)

/** What is wrong with the claims of a token whose signature is right. */
export const INVALID_CLAIMS: readonly InvalidTokenCase[] = [
  ['T19a', 'no exp', 'no_expiry', (by) => by.signToken({ exp: undefined })],
  ['T19b', 'exp as text', 'not_a_time', (by) => by.signToken({ exp: '9999999999' })],
  ['T19c', 'exp 1e300', 'not_a_time', (by) => signRewrittenPayload(by, /"exp":\d+/, '"exp":1e300')],
  ['T19d', 'expired', 'expired', (by) => by.signToken({ exp: by.claims.iat - 60 })],
  ['T19e', 'nbf to come', 'not_yet_valid', (by) => by.signToken({ nbf: by.claims.iat + 600 })],
  ['T19f', 'iat to come', 'not_yet_valid', (by) => by.signToken({ iat: by.claims.iat + 600 })],
  [
    'T19g',
    'exp 1e999, which JSON reads as infinite',
    'not_a_time',
    (by) => signRewrittenPayload(by, /"exp":\d+/, '"exp":1e999'),
  ],
  ['T19h', 'exp null', 'not_a_time', (by) => by.signToken({ exp: null })],
  ['T19i', 'exp negative', 'not_a_time', (by) => by.signToken({ exp: -1 })],
  ['T19j', 'exp in a list', 'not_a_time', (by) => by.signToken({ exp: [by.claims.exp] })],
  [
    'T19k',
    'exp as NaN, which is not JSON',
    'not_json',
    (by) => signRewrittenPayload(by, /"exp":\d+/, '"exp":NaN'),
  ],
  ['T19l', 'iat as text', 'not_a_time', (by) => by.signToken({ iat: 'now' })],
  ['T19m', 'nbf null', 'not_a_time', (by) => by.signToken({ nbf: null })],
  [
    'T20a',
    'another issuer',
    'issuer',
    (by) => by.signToken({ iss: 'https://example.okta.com/oauth2/default' }),
  ],
  ['T20b', 'a slash behind the issuer', 'issuer', (by) => by.signToken({ iss: `${by.url}/` })],
  ['T20c', 'a list of issuers', 'issuer', (by) => by.signToken({ iss: [by.url] })],
  ['T20d', 'no issuer', 'issuer', (by) => by.signToken({ iss: undefined })],
  ['T20e', 'the issuer in capitals', 'issuer', (by) => by.signToken({ iss: by.url.replace('http', 'HTTP') })],
  ['T21a', 'another audience', 'audience', (by) => by.signToken({ aud: 'api://other' })],
  ['T21b', 'no audience', 'audience', (by) => by.signToken({ aud: [] })],
  ['T21c', 'an object as audience', 'audience', (by) => by.signToken({ aud: { 'api://default': true } })],
  ['T21k', 'an ID token: the client as audience', 'audience', (by) => by.signToken({ aud: by.claims.cid })],
  ['T21l', 'a list of mixed types', 'audience', (by) => by.signToken({ aud: ['api://default', 1] })],
  ['T21m', 'no aud', 'audience', (by) => by.signToken({ aud: undefined })],
  ['T22a', 'scp as text', 'scopes', (by) => by.signToken({ scp: 'fakebookapi.read' })],
  ['T22b', 'scp of mixed types', 'scopes', (by) => by.signToken({ scp: ['fakebookapi.read', 1] })],
  ['T22c', 'too many scopes', 'scopes', (by) => by.signToken({ scp: many })],
  ['T22d', 'scp null', 'scopes', (by) => by.signToken({ scp: null })],
  ['T22f', 'no sub', 'not_text', (by) => by.signToken({ sub: undefined })],
  ['T22g', 'cid as a number', 'not_text', (by) => by.signToken({ cid: 7 })],
  ['T24a', 'bound to a key', 'bound', (by) => by.signToken({ cnf: { jkt: THUMBPRINT } })],
  ['T24b', 'a thumbprint that is none', 'confirmation', (by) => by.signToken({ cnf: { jkt: 'x' } })],
  [
    'T24c',
    'bound to a certificate',
    'confirmation',
    (by) => by.signToken({ cnf: { 'x5t#S256': THUMBPRINT } }),
  ],
  [
    'T24d',
    'bound to a key and a certificate',
    'confirmation',
    (by) => by.signToken({ cnf: { jkt: THUMBPRINT, 'x5t#S256': THUMBPRINT } }),
  ],
  ['T24e', 'cnf null', 'confirmation', (by) => by.signToken({ cnf: null })],
  ['T24f', 'cnf empty', 'confirmation', (by) => by.signToken({ cnf: {} })],
]
