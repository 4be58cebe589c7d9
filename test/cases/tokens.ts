import { createHmac } from 'node:crypto'
import { exportSPKI } from 'jose'
import type { ScriptedIssuer } from '../scripted-issuer.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Tokens that must be refused with 401 invalid_token. The numbers are permanent. */
export const BAD_TOKENS: readonly (readonly [
  string,
  string,
  (issuer: ScriptedIssuer) => string | Promise<string>,
])[] = [
  ['T07', 'larger than 8 KiB', (by) => by.sign({ filler: 'x'.repeat(9000) })],
  ['T08a', 'padding after the signature', async (by) => `${await by.sign()}==`],
  ['T08b', 'loose trailing bits', async (by) => looseBits(await by.sign())],
  ['T09a', 'one segment', () => 'abc'],
  ['T09b', 'two segments', async (by) => (await by.sign()).split('.').slice(0, 2).join('.')],
  ['T09c', 'four segments', async (by) => `${await by.sign()}.abcd`],
  ['T09d', 'five segments', async (by) => `${await by.sign()}.abcd.abcd`],
  [
    'T10a',
    'alg none without signature',
    (by) => `${encode({ alg: 'none', kid: 'k1' })}.${encode(by.claims)}.`,
  ],
  [
    'T10b',
    'alg none with a signature',
    (by) => `${encode({ alg: 'none', kid: 'k1' })}.${encode(by.claims)}.AAAA`,
  ],
  ['T11', 'HS256 keyed with the public key', hmacWithPublicKey],
  [
    'T12',
    'an RS256 signature called PS256',
    async (by) => relabelled(await by.sign(), { alg: 'PS256', kid: 'k1' }),
  ],
  [
    'T13',
    'an empty signature of zeros',
    async (by) => `${(await by.sign()).split('.').slice(0, 2).join('.')}.AA`,
  ],
  ['T14', 'crit', (by) => by.sign({}, { crit: ['b64'], b64: true })],
  ['T15a', 'jku', (by) => by.sign({}, { jku: 'http://127.0.0.1:1/keys' })],
  ['T15b', 'jwk', (by) => by.sign({}, { jwk: by.jwk })],
  ['T16a', 'no kid', (by) => by.sign({}, { kid: undefined })],
  ['T16b', 'a path as kid', (by) => by.sign({}, { kid: '../k1' })],
  ['T16c', 'SQL as kid', (by) => by.sign({}, { kid: "' or 1=1" })],
  ['T17', 'a kid that the issuer does not have', (by) => by.sign({}, { kid: 'k2' })],
  ['T19a', 'no exp', (by) => by.sign({ exp: undefined })],
  ['T19b', 'exp as text', (by) => by.sign({ exp: '9999999999' })],
  [
    'T19c',
    'exp far away',
    (by) => by.sign({}, {}, JSON.stringify(by.claims).replace(/"exp":\d+/, '"exp":1e300')),
  ],
  ['T19d', 'expired', (by) => by.sign({ exp: by.claims.iat - 60 })],
  ['T19e', 'nbf to come', (by) => by.sign({ nbf: by.claims.iat + 600 })],
  ['T19f', 'iat to come', (by) => by.sign({ iat: by.claims.iat + 600 })],
  ['T20a', 'another issuer', (by) => by.sign({ iss: 'https://example.okta.com/oauth2/default' })],
  ['T20b', 'a slash behind the issuer', (by) => by.sign({ iss: `${by.url}/` })],
  ['T20c', 'a list of issuers', (by) => by.sign({ iss: [by.url] })],
  ['T21a', 'another audience', (by) => by.sign({ aud: 'api://other' })],
  ['T21b', 'no audience', (by) => by.sign({ aud: [] })],
  ['T21c', 'an object as audience', (by) => by.sign({ aud: { 'api://default': true } })],
  ['T21d', "an org server's token", (by) => by.sign({}, { typ: 'application/okta-internal-at+jwt' })],
  ['T22a', 'scp as text', (by) => by.sign({ scp: 'fakebookapi.read' })],
  ['T22b', 'scp of mixed types', (by) => by.sign({ scp: ['fakebookapi.read', 1] })],
  ['T22c', 'too many scopes', (by) => by.sign({ scp: Array.from({ length: 201 }, (_, i) => `s${i}`) })],
  ['T24', 'bound to a key', (by) => by.sign({ cnf: { jkt: 'x' } })],
]

async function hmacWithPublicKey({ publicKey, claims }: ScriptedIssuer): Promise<string> {
  const signed = `${encode({ alg: 'HS256', kid: 'k1' })}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', await exportSPKI(publicKey))
    .update(signed)
    .digest('base64url')}`
}

function relabelled(token: string, header: object): string {
  return [encode(header), ...token.split('.').slice(1)].join('.')
}

/** The same bytes in another spelling: 256 bytes leave four bits of the last letter unused. */
function looseBits(token: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + letters[letters.indexOf(token.at(-1) ?? '') + 1]
}
