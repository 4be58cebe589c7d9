import { generateKeyPairSync } from 'node:crypto'
import { createPublicJwk } from '../../support/auth/test-key-set.ts'

const createShortKey = () => ({
  ...generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }),
  kid: 'k',
})

type UnusableKeySetCase = {
  readonly id: string
  readonly title: string
  readonly createDocument: () => unknown
}

/** Key sets without a usable key. The ids are permanent. */
export const UNUSABLE_KEY_SETS: readonly UnusableKeySetCase[] = [
  { id: 'auth/K01', title: 'no keys', createDocument: () => ({ keys: [] }) },
  { id: 'auth/K02', title: 'an object', createDocument: () => ({}) },
  { id: 'auth/K03', title: 'null', createDocument: () => null },
  { id: 'auth/K04', title: 'keys that are not an array', createDocument: () => ({ keys: { k: 1 } }) },
  { id: 'auth/K05', title: 'a key of 1024 bits', createDocument: () => ({ keys: [createShortKey()] }) },
  {
    id: 'auth/K06',
    title: 'a key of 16384 bits',
    createDocument: async () => ({ keys: [{ ...(await createPublicJwk('k')), n: 'x'.repeat(2731) }] }),
  },
  {
    id: 'auth/K07',
    title: 'an exponent of 1',
    createDocument: async () => ({ keys: [{ ...(await createPublicJwk('k')), e: 'AQ' }] }),
  },
  {
    id: 'auth/K08',
    title: 'an exponent of 65 bits',
    createDocument: async () => ({ keys: [{ ...(await createPublicJwk('k')), e: 'AQAAAAAAAAAB' }] }),
  },
  {
    id: 'auth/K18',
    title: 'an even exponent',
    createDocument: async () => ({ keys: [{ ...(await createPublicJwk('k')), e: 'BA' }] }),
  },
  {
    id: 'auth/K09',
    title: 'an elliptic curve key',
    createDocument: () => ({ keys: [{ kty: 'EC', kid: 'k', crv: 'P-256', x: 'AA', y: 'AA' }] }),
  },
  {
    id: 'auth/K10',
    title: 'an encryption key',
    createDocument: async () => ({ keys: [{ ...(await createPublicJwk('k')), use: 'enc' }] }),
  },
  {
    id: 'auth/K11',
    title: 'a key for signing only',
    createDocument: async () => ({ keys: [{ ...(await createPublicJwk('k')), key_ops: ['sign'] }] }),
  },
  {
    id: 'auth/K12',
    title: 'a key for another algorithm',
    createDocument: async () => ({ keys: [{ ...(await createPublicJwk('k')), alg: 'PS256' }] }),
  },
  {
    id: 'auth/K13',
    title: 'a key without a kid',
    createDocument: async () => ({ keys: [{ ...(await createPublicJwk('k')), kid: undefined }] }),
  },
  {
    id: 'auth/K14',
    title: 'malformed members',
    createDocument: () => ({ keys: [{ kty: 'RSA', kid: 'k', n: 7, e: {} }, null, 'k'] }),
  },
  {
    id: 'auth/K15',
    title: '21 keys',
    createDocument: async () => ({ keys: Array(21).fill(await createPublicJwk('k')) }),
  },
  {
    id: 'auth/K17',
    title: 'a kid that tokens may not have',
    createDocument: async () => ({ keys: [{ ...(await createPublicJwk('k')), kid: '../k' }] }),
  },
  {
    id: 'auth/K16',
    title: 'a symmetric key',
    createDocument: () => ({ keys: [{ kty: 'oct', kid: 'k', k: 'AAAA' }] }),
  },
]
