import { constants, generateKeyPairSync, privateEncrypt } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { verifySignature } from '../../src/auth/verify-token.ts'
import { ApiError } from '../../src/errors/api-error.ts'
import { encodePkcs1, SIGNATURE_FORGERIES } from '../cases/auth/signature-forgeries.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const BYTES = 256
const SIGNED = 'eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.e30'
/** The signature whose number, under the public key, is this one. */
const signatureOf = (number: Buffer) =>
  privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, number)
const passes = (signature: Buffer, signed = SIGNED) => {
  try {
    verifySignature(
      { header: '', payload: '', signingInput: signed, signature: signature.toString('base64url') },
      publicKey,
    )
    return true
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}

test.each(SIGNATURE_FORGERIES)('%s %s: %s', (_, __, good, encode) => {
  expect(passes(signatureOf(encode(SIGNED, BYTES)))).toBe(good)
})

const modulus = BigInt(
  `0x${Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url').toString('hex')}`,
)
const numbered = (number: bigint, bytes = BYTES) =>
  Buffer.from(number.toString(16).padStart(bytes * 2, '0'), 'hex')
const good = BigInt(`0x${signatureOf(encodePkcs1(SIGNED, BYTES)).toString('hex')}`)

/** A good signature's number in other bytes. */
test.each([
  ['W30', 'as it is', true, numbered(good)],
  ['W31', 'a zero in front', false, numbered(good, BYTES + 1)],
  ['W32', 'the modulus added', false, numbered(good + modulus, BYTES + 1)],
  ['W33', 'a byte behind', false, Buffer.concat([numbered(good), Buffer.alloc(1)])],
  ['W34', 'a byte less', false, numbered(good).subarray(0, BYTES - 1)],
  ['W35', 'what the modulus lacks to it', false, numbered(modulus - good)],
  ['W36', 'the modulus', false, numbered(modulus)],
  ['W37', 'nothing', false, Buffer.alloc(0)],
] as const)('%s %s: %s', (_, __, right, signature) => {
  expect(passes(signature)).toBe(right)
})

test('W38 a signature that begins with a zero byte, without that byte', () => {
  // One in 256 does.
  let signed = SIGNED
  for (let i = 0; signatureOf(encodePkcs1(signed, BYTES))[0] !== 0; i++) signed = `${SIGNED}${i}`
  const signature = signatureOf(encodePkcs1(signed, BYTES))
  expect([passes(signature, signed), passes(signature.subarray(1), signed)]).toEqual([true, false])
})
