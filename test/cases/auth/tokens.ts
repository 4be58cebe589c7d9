import { createHmac } from 'node:crypto'
import { CompactEncrypt, CompactSign, exportSPKI, GeneralSign, generateKeyPair, generateSecret } from 'jose'
import { type ScriptedIssuer, signingKey } from '../../support/stub-issuer.ts'
import { encode, rewritten, type TokenCase } from './token-case.ts'

/** What is wrong with the shape, the header or the signature. */
export const BAD_TOKENS: readonly TokenCase[] = [
  ['T07a', 'larger than 8 KiB', 'too_large', (by) => by.sign({ filler: 'x'.repeat(9000) })],
  ['T08a', 'padding after the signature', 'not_canonical', async (by) => `${await by.sign()}==`],
  ['T08b', 'loose trailing bits', 'not_canonical', async (by) => looseBits(await by.sign())],
  ['T08j', 'loose trailing bits in the payload', 'not_canonical', looseBitsWithin],
  ['T08c', 'the alphabet with + and /', 'not_canonical', async (by) => (await by.sign()).replace(/.$/, '+')],
  ['T08d', 'a letter too many', 'not_canonical', async (by) => `${await by.sign()}AAA`],
  ['T08e', 'a byte order mark', 'not_json', (by) => by.sign({}, {}, `\ufeff${JSON.stringify(by.claims)}`)],
  [
    'T08f',
    'not UTF-8',
    'not_json',
    (by) => by.sign({}, {}, Buffer.from(JSON.stringify({ ...by.claims, note: '\u00ff' }), 'latin1')),
  ],
  ['T08g', 'a list as payload', 'not_json', (by) => by.sign({}, {}, '[]')],
  ['T08h', 'null as payload', 'not_json', (by) => by.sign({}, {}, 'null')],
  ['T08i', 'a header that is not JSON', 'not_json', async (by) => headed(await by.sign(), 'AAAA')],
  ['T09a', 'one segment', 'not_three_parts', () => 'abc'],
  ['T09b', 'two segments', 'not_three_parts', async (by) => unsigned(await by.sign())],
  ['T09c', 'four segments', 'not_three_parts', async (by) => `${await by.sign()}.abcd`],
  ['T09d', 'five segments', 'not_three_parts', async (by) => `${await by.sign()}.abcd.abcd`],
  ['T09e', 'encrypted (JWE)', 'not_three_parts', encrypted],
  ['T09f', 'JSON in place of a compact token', 'not_three_parts', asJson],
  ['T10a', 'alg none, no signature', 'not_three_parts', (by) => `${nobody('none', by)}.`],
  ['T10b', 'alg none and a signature', 'algorithm', (by) => `${nobody('none', by)}.AAAA`],
  ['T10c', 'alg nOnE', 'algorithm', (by) => `${nobody('nOnE', by)}.AAAA`],
  ['T10d', 'no alg', 'algorithm', async (by) => relabelled(await by.sign(), { kid: 'k1' })],
  ['T11', 'HS256 keyed with the public key', 'algorithm', hmacWithPublicKey],
  ['T12a', 'an RS256 signature called PS256', 'algorithm', (by) => signedAs(by, 'PS256')],
  ['T12b', 'an RS256 signature called RS512', 'algorithm', (by) => signedAs(by, 'RS512')],
  ['T12c', 'a list of algorithms', 'algorithm', (by) => signedAs(by, ['RS256'])],
  ['T12d', 'a good PS256 signature called RS256', 'signature', pssCalledRs256],
  ['T13a', 'a signature of one byte', 'signature', async (by) => `${unsigned(await by.sign())}.AA`],
  ['T13b', 'a signature of zeros', 'signature', async (by) => withZeros(await by.sign())],
  ['T13c', 'another payload under the signature', 'signature', anotherPayload],
  [
    'T13d',
    'signed by a stranger',
    'signature',
    async (by) => by.sign({}, {}, undefined, await signingKey('k1')),
  ],
  ['T14a', 'crit', 'header', (by) => relabelledCrit(by)],
  ['T14b', 'b64', 'header', (by) => by.sign({}, { b64: true })],
  ['T14c', 'zip', 'header', (by) => by.sign({}, { zip: 'DEF' })],
  ['T15a', 'jku', 'header', (by) => by.sign({}, { jku: `${by.url}/stray` })],
  ['T15b', 'jwk', 'header', (by) => by.sign({}, { jwk: by.jwk })],
  ['T15c', 'x5u', 'header', (by) => by.sign({}, { x5u: `${by.url}/stray` })],
  ['T15d', 'x5c', 'header', (by) => by.sign({}, { x5c: ['AAAA'] })],
  ['T16a', 'no kid', 'no_kid', (by) => by.sign({}, { kid: undefined })],
  ['T16b', 'a path as kid', 'no_kid', (by) => by.sign({}, { kid: '../k1' })],
  ['T16c', 'SQL as kid', 'no_kid', (by) => by.sign({}, { kid: "' or 1=1" })],
  ['T16d', 'an object as kid', 'no_kid', (by) => by.sign({}, { kid: { k1: 1 } })],
  ['T16e', 'a kid of 129 letters', 'no_kid', (by) => by.sign({}, { kid: 'k'.repeat(129) })],
  ['T16f', 'an empty kid', 'no_kid', (by) => by.sign({}, { kid: '' })],
  ['T16g', 'a line break in the kid', 'no_kid', (by) => by.sign({}, { kid: 'k1\n' })],
  ['T17a', 'a kid that the issuer does not have', 'unknown_kid', (by) => by.sign({}, { kid: 'k2' })],
  ['T18a', 'exp twice', 'duplicate_member', (by) => rewritten(by, '"exp"', '"exp":9999999999,"exp"')],
  [
    'T18b',
    'iss twice, once escaped',
    'escaped_member',
    (by) => rewritten(by, '"iss"', '"\\u0069ss":"x","iss"'),
  ],
  ['T18c', 'twice, deep inside', 'duplicate_member', (by) => rewritten(by, /^{/, '{"a":[{"b":1,"b":1}],')],
  ['T18d', 'alg twice', 'duplicate_member', twiceInHeader],
  ['T18g', 'an escaped name', 'escaped_member', (by) => rewritten(by, '"sub"', '"s\\u0075b"')],
  [
    'T18h',
    'an escaped name, deep inside',
    'escaped_member',
    (by) => rewritten(by, /^{/, '{"a":[{"\\n" : 1}],'),
  ],
  ['T21d', "an org server's token", 'type', (by) => by.sign({}, { typ: 'application/okta-internal-at+jwt' })],
  ['T21e', 'a typ in capitals', 'type', (by) => by.sign({}, { typ: 'AT+JWT' })],
  ['T21f', 'null as typ', 'type', (by) => by.sign({}, { typ: null })],
  ['T21g', 'a DPoP proof', 'type', (by) => by.sign({}, { typ: 'dpop+jwt' })],
]

/** What is read in one way alone: each is as good as a token without it. */
export const GOOD_TOKENS: readonly (readonly [string, string, TokenCase[3]])[] = [
  ['T21h', 'typ JWT', (by) => by.sign({}, { typ: 'JWT' })],
  ['T21i', 'typ at+jwt', (by) => by.sign({}, { typ: 'at+jwt' })],
  ['T21j', 'a list of audiences with ours', (by) => by.sign({ aud: ['api://other', 'api://default'] })],
  ['T18e', 'colons and braces in text', (by) => by.sign({ note: '{"a":1,"a":2} \\" : é' })],
  ['T18f', 'one name at two levels', (by) => by.sign({ a: { exp: 1, a: { exp: 2 } } })],
  ['T23a', '__proto__ as a claim', (by) => rewritten(by, /^{/, '{"__proto__":{"scp":[]},')],
  ['T23b', 'constructor as a claim', (by) => by.sign({ constructor: { prototype: {} }, hasOwnProperty: 1 })],
  ['T29', 'a sign-in of long ago', (by) => by.sign({ auth_time: 1, acr: 'urn:okta:loa:1fa:any' })],
]

const unsigned = (token: string) => token.split('.').slice(0, 2).join('.')
const headed = (token: string, header: string) => [header, ...token.split('.').slice(1)].join('.')
const relabelled = (token: string, header: object) => headed(token, encode(header))
const withZeros = (token: string) => `${unsigned(token)}.${Buffer.alloc(256).toString('base64url')}`
const nobody = (alg: string, { claims }: ScriptedIssuer) => `${encode({ alg, kid: 'k1' })}.${encode(claims)}`
const signedAs = async (by: ScriptedIssuer, alg: unknown) => relabelled(await by.sign(), { alg, kid: 'k1' })
const relabelledCrit = async (by: ScriptedIssuer) =>
  relabelled(await by.sign(), { alg: 'RS256', kid: 'k1', crit: ['exp'], exp: 1 })

async function hmacWithPublicKey({ publicKey, claims }: ScriptedIssuer): Promise<string> {
  const signed = `${encode({ alg: 'HS256', kid: 'k1' })}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', await exportSPKI(publicKey))
    .update(signed)
    .digest('base64url')}`
}

async function pssCalledRs256({ claims }: ScriptedIssuer): Promise<string> {
  const { privateKey } = await generateKeyPair('PS256')
  const token = await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'PS256', kid: 'k1' })
    .sign(privateKey)
  return relabelled(token, { alg: 'RS256', kid: 'k1' })
}

async function anotherPayload(by: ScriptedIssuer): Promise<string> {
  const [header, , signature] = (await by.sign()).split('.')
  return `${header}.${encode({ ...by.claims, scp: ['fakebookapi.admin'] })}.${signature}`
}

async function twiceInHeader(by: ScriptedIssuer): Promise<string> {
  const header = Buffer.from('{"alg":"none","alg":"RS256","kid":"k1"}').toString('base64url')
  return headed(await by.sign(), header)
}

async function encrypted({ claims }: ScriptedIssuer): Promise<string> {
  return new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'dir', enc: 'A128GCM' })
    .encrypt((await generateSecret('A128GCM')) as CryptoKey)
}

async function asJson({ claims, privateKey }: ScriptedIssuer): Promise<string> {
  const sign = new GeneralSign(Buffer.from(JSON.stringify(claims)))
  sign.addSignature(privateKey).setProtectedHeader({ alg: 'RS256', kid: 'k1' })
  return JSON.stringify(await sign.sign())
}

/** A payload whose last letter has two bits to spare, and has one of them set. */
async function looseBitsWithin(by: ScriptedIssuer): Promise<string> {
  for (let note = ''; ; note += 'x') {
    const [header, payload = '', signature] = (await by.sign({ note })).split('.')
    if (payload.length % 4 === 3) return `${header}.${looseBits(payload)}.${signature}`
  }
}

/** The same bytes in another spelling: 256 bytes leave four bits of the last letter unused. */
function looseBits(token: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + letters[letters.indexOf(token.at(-1) ?? '') + 1]
}
