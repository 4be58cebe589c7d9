import { generateKeyPairSync } from 'node:crypto'
import { createPublicJwk } from '../../support/auth/test-key-set.ts'

const short = () => ({
  ...generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }),
  kid: 'k',
})

/** Key sets that are of no use, and what stands in them. */
export const UNUSABLE_KEY_SETS: readonly (readonly [id: string, what: string, document: () => unknown])[] = [
  ['K01', 'no keys', () => ({ keys: [] })],
  ['K02', 'an object', () => ({})],
  ['K03', 'null', () => null],
  ['K04', 'keys that are no list', () => ({ keys: { k: 1 } })],
  ['K05', '1024 bits', () => ({ keys: [short()] })],
  ['K06', '16384 bits', async () => ({ keys: [{ ...(await createPublicJwk('k')), n: 'x'.repeat(2731) }] })],
  ['K07', 'exponent 1', async () => ({ keys: [{ ...(await createPublicJwk('k')), e: 'AQ' }] })],
  [
    'K08',
    'exponent of 65 bits',
    async () => ({ keys: [{ ...(await createPublicJwk('k')), e: 'AQAAAAAAAAAB' }] }),
  ],
  ['K18', 'an even exponent', async () => ({ keys: [{ ...(await createPublicJwk('k')), e: 'BA' }] })],
  ['K09', 'an elliptic curve', () => ({ keys: [{ kty: 'EC', kid: 'k', crv: 'P-256', x: 'AA', y: 'AA' }] })],
  ['K10', 'a key to encrypt with', async () => ({ keys: [{ ...(await createPublicJwk('k')), use: 'enc' }] })],
  [
    'K11',
    'a key to sign with',
    async () => ({ keys: [{ ...(await createPublicJwk('k')), key_ops: ['sign'] }] }),
  ],
  ['K12', 'another algorithm', async () => ({ keys: [{ ...(await createPublicJwk('k')), alg: 'PS256' }] })],
  ['K13', 'no kid', async () => ({ keys: [{ ...(await createPublicJwk('k')), kid: undefined }] })],
  ['K14', 'numbers that are none', () => ({ keys: [{ kty: 'RSA', kid: 'k', n: 7, e: {} }, null, 'k'] })],
  ['K15', '21 keys', async () => ({ keys: Array(21).fill(await createPublicJwk('k')) })],
  [
    'K17',
    'a kid that no token may name',
    async () => ({ keys: [{ ...(await createPublicJwk('k')), kid: '../k' }] }),
  ],
  ['K16', 'a shared secret', () => ({ keys: [{ kty: 'oct', kid: 'k', k: 'AAAA' }] })],
]
