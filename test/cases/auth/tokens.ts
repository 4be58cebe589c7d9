import { createHmac } from 'node:crypto'
import { CompactEncrypt, CompactSign, exportSPKI, GeneralSign, generateKeyPair, generateSecret } from 'jose'
import { createSigningKey, type StubIssuer } from '../../support/stub-issuer.ts'
import {
  encodeSegment,
  type InvalidTokenCase,
  signRewrittenPayload,
  type ValidTokenCase,
} from './token-case.ts'

/** Tokens with an invalid format, header or signature. */
export const INVALID_TOKENS: readonly InvalidTokenCase[] = [
  {
    id: 'auth/T07a',
    title: 'larger than 8 KiB',
    reason: 'too_large',
    createToken: (issuer) => issuer.signToken({ filler: 'x'.repeat(9000) }),
  },
  {
    id: 'auth/T08a',
    title: 'padding after the signature',
    reason: 'not_canonical',
    createToken: async (issuer) => `${await issuer.signToken()}==`,
  },
  {
    id: 'auth/T08b',
    title: 'non-zero trailing bits',
    reason: 'not_canonical',
    createToken: async (issuer) => setTrailingBits(await issuer.signToken()),
  },
  {
    id: 'auth/T08j',
    title: 'non-zero trailing bits in the payload',
    reason: 'not_canonical',
    createToken: setTrailingBitsOfPayload,
  },
  {
    id: 'auth/T08c',
    title: 'the base64 alphabet with + and /',
    reason: 'not_canonical',
    createToken: async (issuer) => (await issuer.signToken()).replace(/.$/, '+'),
  },
  {
    id: 'auth/T08d',
    title: 'extra characters after the signature',
    reason: 'not_canonical',
    createToken: async (issuer) => `${await issuer.signToken()}AAA`,
  },
  {
    id: 'auth/T08e',
    title: 'a byte order mark',
    reason: 'not_json',
    createToken: (issuer) => issuer.signToken({}, {}, `\ufeff${JSON.stringify(issuer.claims)}`),
  },
  {
    id: 'auth/T08f',
    title: 'a payload that is not UTF-8',
    reason: 'not_json',
    createToken: (issuer) =>
      issuer.signToken({}, {}, Buffer.from(JSON.stringify({ ...issuer.claims, note: '\u00ff' }), 'latin1')),
  },
  {
    id: 'auth/T08g',
    title: 'an array as payload',
    reason: 'not_json',
    createToken: (issuer) => issuer.signToken({}, {}, '[]'),
  },
  {
    id: 'auth/T08h',
    title: 'null as payload',
    reason: 'not_json',
    createToken: (issuer) => issuer.signToken({}, {}, 'null'),
  },
  {
    id: 'auth/T08i',
    title: 'a header that is not JSON',
    reason: 'not_json',
    createToken: async (issuer) => replaceHeaderSegment(await issuer.signToken(), 'AAAA'),
  },
  { id: 'auth/T09a', title: 'one segment', reason: 'not_three_parts', createToken: () => 'abc' },
  {
    id: 'auth/T09b',
    title: 'two segments',
    reason: 'not_three_parts',
    createToken: async (issuer) => removeSignature(await issuer.signToken()),
  },
  {
    id: 'auth/T09c',
    title: 'four segments',
    reason: 'not_three_parts',
    createToken: async (issuer) => `${await issuer.signToken()}.abcd`,
  },
  {
    id: 'auth/T09d',
    title: 'five segments',
    reason: 'not_three_parts',
    createToken: async (issuer) => `${await issuer.signToken()}.abcd.abcd`,
  },
  {
    id: 'auth/T09e',
    title: 'an encrypted token (JWE)',
    reason: 'not_three_parts',
    createToken: encryptToken,
  },
  {
    id: 'auth/T09f',
    title: 'JSON serialization instead of compact',
    reason: 'not_three_parts',
    createToken: serializeAsJson,
  },
  {
    id: 'auth/T10a',
    title: 'alg none without a signature',
    reason: 'not_three_parts',
    createToken: (issuer) => `${createUnsigned('none', issuer)}.`,
  },
  {
    id: 'auth/T10b',
    title: 'alg none with a signature',
    reason: 'algorithm',
    createToken: (issuer) => `${createUnsigned('none', issuer)}.AAAA`,
  },
  {
    id: 'auth/T10c',
    title: 'alg nOnE',
    reason: 'algorithm',
    createToken: (issuer) => `${createUnsigned('nOnE', issuer)}.AAAA`,
  },
  {
    id: 'auth/T10d',
    title: 'no alg',
    reason: 'algorithm',
    createToken: async (issuer) => replaceHeader(await issuer.signToken(), { kid: 'k1' }),
  },
  {
    id: 'auth/T11',
    title: 'HS256 with the public key as the secret',
    reason: 'algorithm',
    createToken: signHs256WithPublicKey,
  },
  {
    id: 'auth/T12a',
    title: 'an RS256 signature labelled PS256',
    reason: 'algorithm',
    createToken: (issuer) => relabelAlg(issuer, 'PS256'),
  },
  {
    id: 'auth/T12b',
    title: 'an RS256 signature labelled RS512',
    reason: 'algorithm',
    createToken: (issuer) => relabelAlg(issuer, 'RS512'),
  },
  {
    id: 'auth/T12c',
    title: 'an array of algorithms',
    reason: 'algorithm',
    createToken: (issuer) => relabelAlg(issuer, ['RS256']),
  },
  {
    id: 'auth/T12d',
    title: 'a PS256 signature labelled RS256',
    reason: 'signature',
    createToken: signPs256AsRs256,
  },
  {
    id: 'auth/T13a',
    title: 'a signature of one byte',
    reason: 'signature',
    createToken: async (issuer) => `${removeSignature(await issuer.signToken())}.AA`,
  },
  {
    id: 'auth/T13b',
    title: 'a signature of zeros',
    reason: 'signature',
    createToken: async (issuer) => zeroSignature(await issuer.signToken()),
  },
  {
    id: 'auth/T13c',
    title: 'a replaced payload',
    reason: 'signature',
    createToken: replacePayload,
  },
  {
    id: 'auth/T13d',
    title: 'a signature with another key of the same kid',
    reason: 'signature',
    createToken: async (issuer) => issuer.signToken({}, {}, undefined, await createSigningKey('k1')),
  },
  { id: 'auth/T14a', title: 'crit', reason: 'header', createToken: addCrit },
  {
    id: 'auth/T14b',
    title: 'b64',
    reason: 'header',
    createToken: (issuer) => issuer.signToken({}, { b64: true }),
  },
  {
    id: 'auth/T14c',
    title: 'zip',
    reason: 'header',
    createToken: (issuer) => issuer.signToken({}, { zip: 'DEF' }),
  },
  {
    id: 'auth/T15a',
    title: 'jku',
    reason: 'header',
    createToken: (issuer) => issuer.signToken({}, { jku: `${issuer.url}/stray` }),
  },
  {
    id: 'auth/T15b',
    title: 'jwk',
    reason: 'header',
    createToken: (issuer) => issuer.signToken({}, { jwk: issuer.jwk }),
  },
  {
    id: 'auth/T15c',
    title: 'x5u',
    reason: 'header',
    createToken: (issuer) => issuer.signToken({}, { x5u: `${issuer.url}/stray` }),
  },
  {
    id: 'auth/T15d',
    title: 'x5c',
    reason: 'header',
    createToken: (issuer) => issuer.signToken({}, { x5c: ['AAAA'] }),
  },
  {
    id: 'auth/T16a',
    title: 'no kid',
    reason: 'no_kid',
    createToken: (issuer) => issuer.signToken({}, { kid: undefined }),
  },
  {
    id: 'auth/T16b',
    title: 'a path as kid',
    reason: 'no_kid',
    createToken: (issuer) => issuer.signToken({}, { kid: '../k1' }),
  },
  {
    id: 'auth/T16c',
    title: 'SQL as kid',
    reason: 'no_kid',
    createToken: (issuer) => issuer.signToken({}, { kid: "' or 1=1" }),
  },
  {
    id: 'auth/T16d',
    title: 'an object as kid',
    reason: 'no_kid',
    createToken: (issuer) => issuer.signToken({}, { kid: { k1: 1 } }),
  },
  {
    id: 'auth/T16e',
    title: 'a kid of 129 characters',
    reason: 'no_kid',
    createToken: (issuer) => issuer.signToken({}, { kid: 'k'.repeat(129) }),
  },
  {
    id: 'auth/T16f',
    title: 'an empty kid',
    reason: 'no_kid',
    createToken: (issuer) => issuer.signToken({}, { kid: '' }),
  },
  {
    id: 'auth/T16g',
    title: 'a line break in the kid',
    reason: 'no_kid',
    createToken: (issuer) => issuer.signToken({}, { kid: 'k1\n' }),
  },
  {
    id: 'auth/T17a',
    title: 'a kid that the issuer does not publish',
    reason: 'unknown_kid',
    createToken: (issuer) => issuer.signToken({}, { kid: 'k2' }),
  },
  {
    id: 'auth/T18a',
    title: 'a duplicate exp',
    reason: 'duplicate_member',
    createToken: (issuer) => signRewrittenPayload(issuer, '"exp"', '"exp":9999999999,"exp"'),
  },
  {
    id: 'auth/T18b',
    title: 'a duplicate iss, one of them escaped',
    reason: 'escaped_member',
    createToken: (issuer) => signRewrittenPayload(issuer, '"iss"', '"\\u0069ss":"x","iss"'),
  },
  {
    id: 'auth/T18c',
    title: 'a duplicate member in a nested object',
    reason: 'duplicate_member',
    createToken: (issuer) => signRewrittenPayload(issuer, /^{/, '{"a":[{"b":1,"b":1}],'),
  },
  {
    id: 'auth/T18d',
    title: 'a duplicate alg in the header',
    reason: 'duplicate_member',
    createToken: duplicateAlgInHeader,
  },
  {
    id: 'auth/T18g',
    title: 'an escaped member name',
    reason: 'escaped_member',
    createToken: (issuer) => signRewrittenPayload(issuer, '"sub"', '"s\\u0075b"'),
  },
  {
    id: 'auth/T18h',
    title: 'an escaped member name in a nested object',
    reason: 'escaped_member',
    createToken: (issuer) => signRewrittenPayload(issuer, /^{/, '{"a":[{"\\n" : 1}],'),
  },
  {
    id: 'auth/T18i',
    title: 'an escaped member name in a string that does not end, whose quotes would each start a search',
    reason: 'not_json',
    createToken: (issuer) => signRewrittenPayload(issuer, /}$/, `,"\\n":"${'\\"'.repeat(1_000)}`),
  },
  {
    id: 'auth/T21d',
    title: 'a token of the org authorization server',
    reason: 'type',
    createToken: (issuer) => issuer.signToken({}, { typ: 'application/okta-internal-at+jwt' }),
  },
  {
    id: 'auth/T21f',
    title: 'null as typ',
    reason: 'type',
    createToken: (issuer) => issuer.signToken({}, { typ: null }),
  },
  {
    id: 'auth/T21g',
    title: 'a DPoP proof',
    reason: 'type',
    createToken: (issuer) => issuer.signToken({}, { typ: 'dpop+jwt' }),
  },
]

/** Unusual but unambiguous tokens, which are accepted. */
export const VALID_TOKENS: readonly ValidTokenCase[] = [
  { id: 'auth/T21h', title: 'typ JWT', createToken: (issuer) => issuer.signToken({}, { typ: 'JWT' }) },
  { id: 'auth/T21i', title: 'typ at+jwt', createToken: (issuer) => issuer.signToken({}, { typ: 'at+jwt' }) },
  { id: 'auth/T21e', title: 'typ AT+JWT', createToken: (issuer) => issuer.signToken({}, { typ: 'AT+JWT' }) },
  {
    id: 'auth/T21n',
    title: 'typ application/at+jwt',
    createToken: (issuer) => issuer.signToken({}, { typ: 'application/at+jwt' }),
  },
  {
    id: 'auth/T21j',
    title: 'an array of audiences with the expected one',
    createToken: (issuer) => issuer.signToken({ aud: ['api://other', 'api://default'] }),
  },
  {
    id: 'auth/T18e',
    title: 'colons and braces in a string',
    createToken: (issuer) => issuer.signToken({ note: '{"a":1,"a":2} \\" : é' }),
  },
  {
    id: 'auth/T18f',
    title: 'the same member name on two levels',
    createToken: (issuer) => issuer.signToken({ a: { exp: 1, a: { exp: 2 } } }),
  },
  {
    id: 'auth/T23a',
    title: '__proto__ as a claim',
    createToken: (issuer) => signRewrittenPayload(issuer, /^{/, '{"__proto__":{"scp":[]},'),
  },
  {
    id: 'auth/T23b',
    title: 'constructor as a claim',
    createToken: (issuer) => issuer.signToken({ constructor: { prototype: {} }, hasOwnProperty: 1 }),
  },
  {
    id: 'auth/T29',
    title: 'an old sign-in (auth_time)',
    createToken: (issuer) => issuer.signToken({ auth_time: 1, acr: 'urn:okta:loa:1fa:any' }),
  },
]

const removeSignature = (token: string) => token.split('.').slice(0, 2).join('.')
const replaceHeaderSegment = (token: string, segment: string) =>
  [segment, ...token.split('.').slice(1)].join('.')
const replaceHeader = (token: string, header: object) => replaceHeaderSegment(token, encodeSegment(header))
const zeroSignature = (token: string) =>
  `${removeSignature(token)}.${Buffer.alloc(256).toString('base64url')}`
const createUnsigned = (alg: string, { claims }: StubIssuer) =>
  `${encodeSegment({ alg, kid: 'k1' })}.${encodeSegment(claims)}`
const relabelAlg = async (issuer: StubIssuer, alg: unknown) =>
  replaceHeader(await issuer.signToken(), { alg, kid: 'k1' })
async function addCrit(issuer: StubIssuer): Promise<string> {
  return replaceHeader(await issuer.signToken(), { alg: 'RS256', kid: 'k1', crit: ['exp'], exp: 1 })
}

async function signHs256WithPublicKey({ publicKey, claims }: StubIssuer): Promise<string> {
  const signingInput = `${encodeSegment({ alg: 'HS256', kid: 'k1' })}.${encodeSegment(claims)}`
  const hmac = createHmac('sha256', await exportSPKI(publicKey)).update(signingInput)
  return `${signingInput}.${hmac.digest('base64url')}`
}

async function signPs256AsRs256({ claims }: StubIssuer): Promise<string> {
  const { privateKey } = await generateKeyPair('PS256')
  const token = await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'PS256', kid: 'k1' })
    .sign(privateKey)
  return replaceHeader(token, { alg: 'RS256', kid: 'k1' })
}

async function replacePayload(issuer: StubIssuer): Promise<string> {
  const [header, , signature] = (await issuer.signToken()).split('.')
  return `${header}.${encodeSegment({ ...issuer.claims, scp: ['fakebookapi.admin'] })}.${signature}`
}

async function duplicateAlgInHeader(issuer: StubIssuer): Promise<string> {
  const header = Buffer.from('{"alg":"none","alg":"RS256","kid":"k1"}').toString('base64url')
  return replaceHeaderSegment(await issuer.signToken(), header)
}

async function encryptToken({ claims }: StubIssuer): Promise<string> {
  return new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'dir', enc: 'A128GCM' })
    .encrypt((await generateSecret('A128GCM')) as CryptoKey)
}

async function serializeAsJson({ claims, privateKey }: StubIssuer): Promise<string> {
  const sign = new GeneralSign(Buffer.from(JSON.stringify(claims)))
  sign.addSignature(privateKey).setProtectedHeader({ alg: 'RS256', kid: 'k1' })
  return JSON.stringify(await sign.sign())
}

/** Varies the payload until its last character has two unused bits, and sets one of them. */
async function setTrailingBitsOfPayload(issuer: StubIssuer): Promise<string> {
  for (let note = ''; ; note += 'x') {
    const [header, payload = '', signature] = (await issuer.signToken({ note })).split('.')
    if (payload.length % 4 === 3) return `${header}.${setTrailingBits(payload)}.${signature}`
  }
}

/** Spells the same bytes differently. A signature of 256 bytes leaves four bits of its last character unused. */
function setTrailingBits(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1) ?? '') + 1]
}
