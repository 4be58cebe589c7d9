import { createHmac } from 'node:crypto'
import { CompactEncrypt, CompactSign, exportSPKI, GeneralSign, generateKeyPair, generateSecret } from 'jose'
import { createSigningKey, type StubIssuer } from '../../support/stub-issuer.ts'
import { encodeSegment, type InvalidTokenCase, signRewrittenPayload } from './token-case.ts'

/** What is wrong with the shape, the header or the signature. */
export const INVALID_TOKENS: readonly InvalidTokenCase[] = [
  ['T07a', 'larger than 8 KiB', 'too_large', (by) => by.signToken({ filler: 'x'.repeat(9000) })],
  ['T08a', 'padding after the signature', 'not_canonical', async (by) => `${await by.signToken()}==`],
  ['T08b', 'loose trailing bits', 'not_canonical', async (by) => looseBits(await by.signToken())],
  ['T08j', 'loose trailing bits in the payload', 'not_canonical', looseBitsWithin],
  [
    'T08c',
    'the alphabet with + and /',
    'not_canonical',
    async (by) => (await by.signToken()).replace(/.$/, '+'),
  ],
  ['T08d', 'a letter too many', 'not_canonical', async (by) => `${await by.signToken()}AAA`],
  [
    'T08e',
    'a byte order mark',
    'not_json',
    (by) => by.signToken({}, {}, `\ufeff${JSON.stringify(by.claims)}`),
  ],
  [
    'T08f',
    'not UTF-8',
    'not_json',
    (by) => by.signToken({}, {}, Buffer.from(JSON.stringify({ ...by.claims, note: '\u00ff' }), 'latin1')),
  ],
  ['T08g', 'a list as payload', 'not_json', (by) => by.signToken({}, {}, '[]')],
  ['T08h', 'null as payload', 'not_json', (by) => by.signToken({}, {}, 'null')],
  ['T08i', 'a header that is not JSON', 'not_json', async (by) => headed(await by.signToken(), 'AAAA')],
  ['T09a', 'one segment', 'not_three_parts', () => 'abc'],
  ['T09b', 'two segments', 'not_three_parts', async (by) => unsigned(await by.signToken())],
  ['T09c', 'four segments', 'not_three_parts', async (by) => `${await by.signToken()}.abcd`],
  ['T09d', 'five segments', 'not_three_parts', async (by) => `${await by.signToken()}.abcd.abcd`],
  ['T09e', 'encrypted (JWE)', 'not_three_parts', encrypted],
  ['T09f', 'JSON in place of a compact token', 'not_three_parts', asJson],
  ['T10a', 'alg none, no signature', 'not_three_parts', (by) => `${nobody('none', by)}.`],
  ['T10b', 'alg none and a signature', 'algorithm', (by) => `${nobody('none', by)}.AAAA`],
  ['T10c', 'alg nOnE', 'algorithm', (by) => `${nobody('nOnE', by)}.AAAA`],
  ['T10d', 'no alg', 'algorithm', async (by) => relabelled(await by.signToken(), { kid: 'k1' })],
  ['T11', 'HS256 keyed with the public key', 'algorithm', hmacWithPublicKey],
  ['T12a', 'an RS256 signature called PS256', 'algorithm', (by) => signedAs(by, 'PS256')],
  ['T12b', 'an RS256 signature called RS512', 'algorithm', (by) => signedAs(by, 'RS512')],
  ['T12c', 'a list of algorithms', 'algorithm', (by) => signedAs(by, ['RS256'])],
  ['T12d', 'a good PS256 signature called RS256', 'signature', pssCalledRs256],
  ['T13a', 'a signature of one byte', 'signature', async (by) => `${unsigned(await by.signToken())}.AA`],
  ['T13b', 'a signature of zeros', 'signature', async (by) => withZeros(await by.signToken())],
  ['T13c', 'another payload under the signature', 'signature', anotherPayload],
  [
    'T13d',
    'signed by a stranger',
    'signature',
    async (by) => by.signToken({}, {}, undefined, await createSigningKey('k1')),
  ],
  ['T14a', 'crit', 'header', (by) => relabelledCrit(by)],
  ['T14b', 'b64', 'header', (by) => by.signToken({}, { b64: true })],
  ['T14c', 'zip', 'header', (by) => by.signToken({}, { zip: 'DEF' })],
  ['T15a', 'jku', 'header', (by) => by.signToken({}, { jku: `${by.url}/stray` })],
  ['T15b', 'jwk', 'header', (by) => by.signToken({}, { jwk: by.jwk })],
  ['T15c', 'x5u', 'header', (by) => by.signToken({}, { x5u: `${by.url}/stray` })],
  ['T15d', 'x5c', 'header', (by) => by.signToken({}, { x5c: ['AAAA'] })],
  ['T16a', 'no kid', 'no_kid', (by) => by.signToken({}, { kid: undefined })],
  ['T16b', 'a path as kid', 'no_kid', (by) => by.signToken({}, { kid: '../k1' })],
  ['T16c', 'SQL as kid', 'no_kid', (by) => by.signToken({}, { kid: "' or 1=1" })],
  ['T16d', 'an object as kid', 'no_kid', (by) => by.signToken({}, { kid: { k1: 1 } })],
  ['T16e', 'a kid of 129 letters', 'no_kid', (by) => by.signToken({}, { kid: 'k'.repeat(129) })],
  ['T16f', 'an empty kid', 'no_kid', (by) => by.signToken({}, { kid: '' })],
  ['T16g', 'a line break in the kid', 'no_kid', (by) => by.signToken({}, { kid: 'k1\n' })],
  ['T17a', 'a kid that the issuer does not have', 'unknown_kid', (by) => by.signToken({}, { kid: 'k2' })],
  [
    'T18a',
    'exp twice',
    'duplicate_member',
    (by) => signRewrittenPayload(by, '"exp"', '"exp":9999999999,"exp"'),
  ],
  [
    'T18b',
    'iss twice, once escaped',
    'escaped_member',
    (by) => signRewrittenPayload(by, '"iss"', '"\\u0069ss":"x","iss"'),
  ],
  [
    'T18c',
    'twice, deep inside',
    'duplicate_member',
    (by) => signRewrittenPayload(by, /^{/, '{"a":[{"b":1,"b":1}],'),
  ],
  ['T18d', 'alg twice', 'duplicate_member', twiceInHeader],
  ['T18g', 'an escaped name', 'escaped_member', (by) => signRewrittenPayload(by, '"sub"', '"s\\u0075b"')],
  [
    'T18h',
    'an escaped name, deep inside',
    'escaped_member',
    (by) => signRewrittenPayload(by, /^{/, '{"a":[{"\\n" : 1}],'),
  ],
  [
    'T21d',
    "an org server's token",
    'type',
    (by) => by.signToken({}, { typ: 'application/okta-internal-at+jwt' }),
  ],
  ['T21e', 'a typ in capitals', 'type', (by) => by.signToken({}, { typ: 'AT+JWT' })],
  ['T21f', 'null as typ', 'type', (by) => by.signToken({}, { typ: null })],
  ['T21g', 'a DPoP proof', 'type', (by) => by.signToken({}, { typ: 'dpop+jwt' })],
]

/** What is read in one way alone: each is as good as a token without it. */
export const VALID_TOKENS: readonly (readonly [string, string, InvalidTokenCase[3]])[] = [
  ['T21h', 'typ JWT', (by) => by.signToken({}, { typ: 'JWT' })],
  ['T21i', 'typ at+jwt', (by) => by.signToken({}, { typ: 'at+jwt' })],
  ['T21j', 'a list of audiences with ours', (by) => by.signToken({ aud: ['api://other', 'api://default'] })],
  ['T18e', 'colons and braces in text', (by) => by.signToken({ note: '{"a":1,"a":2} \\" : é' })],
  ['T18f', 'one name at two levels', (by) => by.signToken({ a: { exp: 1, a: { exp: 2 } } })],
  ['T23a', '__proto__ as a claim', (by) => signRewrittenPayload(by, /^{/, '{"__proto__":{"scp":[]},')],
  [
    'T23b',
    'constructor as a claim',
    (by) => by.signToken({ constructor: { prototype: {} }, hasOwnProperty: 1 }),
  ],
  ['T29', 'a sign-in of long ago', (by) => by.signToken({ auth_time: 1, acr: 'urn:okta:loa:1fa:any' })],
]

const unsigned = (token: string) => token.split('.').slice(0, 2).join('.')
const headed = (token: string, header: string) => [header, ...token.split('.').slice(1)].join('.')
const relabelled = (token: string, header: object) => headed(token, encodeSegment(header))
const withZeros = (token: string) => `${unsigned(token)}.${Buffer.alloc(256).toString('base64url')}`
const nobody = (alg: string, { claims }: StubIssuer) =>
  `${encodeSegment({ alg, kid: 'k1' })}.${encodeSegment(claims)}`
const signedAs = async (by: StubIssuer, alg: unknown) => relabelled(await by.signToken(), { alg, kid: 'k1' })
const relabelledCrit = async (by: StubIssuer) =>
  relabelled(await by.signToken(), { alg: 'RS256', kid: 'k1', crit: ['exp'], exp: 1 })

async function hmacWithPublicKey({ publicKey, claims }: StubIssuer): Promise<string> {
  const signed = `${encodeSegment({ alg: 'HS256', kid: 'k1' })}.${encodeSegment(claims)}`
  return `${signed}.${createHmac('sha256', await exportSPKI(publicKey))
    .update(signed)
    .digest('base64url')}`
}

async function pssCalledRs256({ claims }: StubIssuer): Promise<string> {
  const { privateKey } = await generateKeyPair('PS256')
  const token = await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'PS256', kid: 'k1' })
    .sign(privateKey)
  return relabelled(token, { alg: 'RS256', kid: 'k1' })
}

async function anotherPayload(by: StubIssuer): Promise<string> {
  const [header, , signature] = (await by.signToken()).split('.')
  return `${header}.${encodeSegment({ ...by.claims, scp: ['fakebookapi.admin'] })}.${signature}`
}

async function twiceInHeader(by: StubIssuer): Promise<string> {
  const header = Buffer.from('{"alg":"none","alg":"RS256","kid":"k1"}').toString('base64url')
  return headed(await by.signToken(), header)
}

async function encrypted({ claims }: StubIssuer): Promise<string> {
  return new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'dir', enc: 'A128GCM' })
    .encrypt((await generateSecret('A128GCM')) as CryptoKey)
}

async function asJson({ claims, privateKey }: StubIssuer): Promise<string> {
  const sign = new GeneralSign(Buffer.from(JSON.stringify(claims)))
  sign.addSignature(privateKey).setProtectedHeader({ alg: 'RS256', kid: 'k1' })
  return JSON.stringify(await sign.sign())
}

/** A payload whose last letter has two bits to spare, and has one of them set. */
async function looseBitsWithin(by: StubIssuer): Promise<string> {
  for (let note = ''; ; note += 'x') {
    const [header, payload = '', signature] = (await by.signToken({ note })).split('.')
    if (payload.length % 4 === 3) return `${header}.${looseBits(payload)}.${signature}`
  }
}

/** The same bytes in another spelling: 256 bytes leave four bits of the last letter unused. */
function looseBits(token: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + letters[letters.indexOf(token.at(-1) ?? '') + 1]
}
