import { type InvalidTokenCase, signRewrittenPayload } from './token-case.ts'

const TOO_MANY_SCOPES = Array.from({ length: 201 }, (_, i) => `s${i}`)
const THUMBPRINT = 'x'.repeat(43)

/** Invalid claims in tokens with a valid signature. */
export const INVALID_CLAIMS: readonly InvalidTokenCase[] = [
  {
    id: 'auth/T19a',
    title: 'no exp',
    reason: 'no_expiry',
    createToken: (issuer) => issuer.signToken({ exp: undefined }),
  },
  {
    id: 'auth/T19b',
    title: 'exp as a string',
    reason: 'not_a_time',
    createToken: (issuer) => issuer.signToken({ exp: '9999999999' }),
  },
  {
    id: 'auth/T19c',
    title: 'exp 1e300',
    reason: 'not_a_time',
    createToken: (issuer) => signRewrittenPayload(issuer, /"exp":\d+/, '"exp":1e300'),
  },
  {
    id: 'auth/T19d',
    title: 'expired',
    reason: 'expired',
    createToken: (issuer) => issuer.signToken({ exp: issuer.claims.iat - 60 }),
  },
  {
    id: 'auth/T19e',
    title: 'nbf in the future',
    reason: 'not_yet_valid',
    createToken: (issuer) => issuer.signToken({ nbf: issuer.claims.iat + 600 }),
  },
  {
    id: 'auth/T19f',
    title: 'iat in the future',
    reason: 'not_yet_valid',
    createToken: (issuer) => issuer.signToken({ iat: issuer.claims.iat + 600 }),
  },
  {
    id: 'auth/T19g',
    title: 'exp 1e999, which JSON.parse reads as infinity',
    reason: 'not_a_time',
    createToken: (issuer) => signRewrittenPayload(issuer, /"exp":\d+/, '"exp":1e999'),
  },
  {
    id: 'auth/T19h',
    title: 'exp null',
    reason: 'not_a_time',
    createToken: (issuer) => issuer.signToken({ exp: null }),
  },
  {
    id: 'auth/T19i',
    title: 'a negative exp',
    reason: 'not_a_time',
    createToken: (issuer) => issuer.signToken({ exp: -1 }),
  },
  {
    id: 'auth/T19j',
    title: 'exp in an array',
    reason: 'not_a_time',
    createToken: (issuer) => issuer.signToken({ exp: [issuer.claims.exp] }),
  },
  {
    id: 'auth/T19k',
    title: 'exp as NaN, which is not JSON',
    reason: 'not_json',
    createToken: (issuer) => signRewrittenPayload(issuer, /"exp":\d+/, '"exp":NaN'),
  },
  {
    id: 'auth/T19l',
    title: 'iat as a string',
    reason: 'not_a_time',
    createToken: (issuer) => issuer.signToken({ iat: 'now' }),
  },
  {
    id: 'auth/T19m',
    title: 'nbf null',
    reason: 'not_a_time',
    createToken: (issuer) => issuer.signToken({ nbf: null }),
  },
  {
    id: 'auth/T20a',
    title: 'another issuer',
    reason: 'issuer',
    createToken: (issuer) => issuer.signToken({ iss: 'https://example.okta.com/oauth2/default' }),
  },
  {
    id: 'auth/T20b',
    title: 'a trailing slash after the issuer',
    reason: 'issuer',
    createToken: (issuer) => issuer.signToken({ iss: `${issuer.url}/` }),
  },
  {
    id: 'auth/T20c',
    title: 'an array of issuers',
    reason: 'issuer',
    createToken: (issuer) => issuer.signToken({ iss: [issuer.url] }),
  },
  {
    id: 'auth/T20d',
    title: 'no issuer',
    reason: 'issuer',
    createToken: (issuer) => issuer.signToken({ iss: undefined }),
  },
  {
    id: 'auth/T20e',
    title: 'the issuer with an upper-case scheme',
    reason: 'issuer',
    createToken: (issuer) => issuer.signToken({ iss: issuer.url.replace('http', 'HTTP') }),
  },
  {
    id: 'auth/T21a',
    title: 'another audience',
    reason: 'audience',
    createToken: (issuer) => issuer.signToken({ aud: 'api://other' }),
  },
  {
    id: 'auth/T21b',
    title: 'an empty array of audiences',
    reason: 'audience',
    createToken: (issuer) => issuer.signToken({ aud: [] }),
  },
  {
    id: 'auth/T21c',
    title: 'an object as audience',
    reason: 'audience',
    createToken: (issuer) => issuer.signToken({ aud: { 'api://default': true } }),
  },
  {
    id: 'auth/T21k',
    title: 'an ID token: the client as audience',
    reason: 'audience',
    createToken: (issuer) => issuer.signToken({ aud: issuer.claims.cid }),
  },
  {
    id: 'auth/T21l',
    title: 'an array of audiences of mixed types',
    reason: 'audience',
    createToken: (issuer) => issuer.signToken({ aud: ['api://default', 1] }),
  },
  {
    id: 'auth/T21m',
    title: 'no aud',
    reason: 'audience',
    createToken: (issuer) => issuer.signToken({ aud: undefined }),
  },
  {
    id: 'auth/T22a',
    title: 'scp as a string',
    reason: 'scopes',
    createToken: (issuer) => issuer.signToken({ scp: 'fakebookapi.read' }),
  },
  {
    id: 'auth/T22b',
    title: 'scp of mixed types',
    reason: 'scopes',
    createToken: (issuer) => issuer.signToken({ scp: ['fakebookapi.read', 1] }),
  },
  {
    id: 'auth/T22c',
    title: 'too many scopes',
    reason: 'scopes',
    createToken: (issuer) => issuer.signToken({ scp: TOO_MANY_SCOPES }),
  },
  {
    id: 'auth/T22d',
    title: 'scp null',
    reason: 'scopes',
    createToken: (issuer) => issuer.signToken({ scp: null }),
  },
  {
    id: 'auth/T22f',
    title: 'no sub',
    reason: 'not_text',
    createToken: (issuer) => issuer.signToken({ sub: undefined }),
  },
  {
    id: 'auth/T22g',
    title: 'cid as a number',
    reason: 'not_text',
    createToken: (issuer) => issuer.signToken({ cid: 7 }),
  },
  {
    id: 'auth/T24a',
    title: 'a token bound to a key, sent as Bearer',
    reason: 'bound',
    createToken: (issuer) => issuer.signToken({ cnf: { jkt: THUMBPRINT } }),
  },
  {
    id: 'auth/T24b',
    title: 'a malformed thumbprint',
    reason: 'confirmation',
    createToken: (issuer) => issuer.signToken({ cnf: { jkt: 'x' } }),
  },
  {
    id: 'auth/T24c',
    title: 'a binding to a certificate',
    reason: 'confirmation',
    createToken: (issuer) => issuer.signToken({ cnf: { 'x5t#S256': THUMBPRINT } }),
  },
  {
    id: 'auth/T24d',
    title: 'a binding to a key and a certificate',
    reason: 'confirmation',
    createToken: (issuer) => issuer.signToken({ cnf: { jkt: THUMBPRINT, 'x5t#S256': THUMBPRINT } }),
  },
  {
    id: 'auth/T24e',
    title: 'cnf null',
    reason: 'confirmation',
    createToken: (issuer) => issuer.signToken({ cnf: null }),
  },
  {
    id: 'auth/T24f',
    title: 'an empty cnf',
    reason: 'confirmation',
    createToken: (issuer) => issuer.signToken({ cnf: {} }),
  },
]
