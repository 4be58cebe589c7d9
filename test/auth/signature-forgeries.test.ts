import { constants, generateKeyPairSync, privateEncrypt } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { verifySignature } from '../../src/auth/verify-token.ts'
import { ApiError } from '../../src/errors/api-error.ts'
import { encodePkcs1, SIGNATURE_FORGERIES } from '../cases/auth/signature-forgeries.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const BYTES = 256
const SIGNING_INPUT = 'eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.e30'

/** Signs an encoded message as it is, without padding. */
const signRaw = (message: Buffer) =>
  privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, message)

const isAccepted = (signature: Buffer, signingInput = SIGNING_INPUT) => {
  try {
    verifySignature(
      { header: '', payload: '', signingInput, signature: signature.toString('base64url') },
      publicKey,
    )
    return true
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}

test.each(SIGNATURE_FORGERIES)(
  '$id accepts only the valid encoding of a signature: $title',
  ({ isValid = false, encode }) => {
    expect(isAccepted(signRaw(encode(SIGNING_INPUT, BYTES)))).toBe(isValid)
  },
)

const toBigInt = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`)
const toBytes = (number: bigint, length = BYTES) =>
  Buffer.from(number.toString(16).padStart(length * 2, '0'), 'hex')
const modulus = toBigInt(Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url'))
const validNumber = toBigInt(signRaw(encodePkcs1(SIGNING_INPUT, BYTES)))

/** A valid signature's number, encoded differently. */
test.each([
  { id: 'auth/W30', title: 'the valid bytes', isValid: true, signature: toBytes(validNumber) },
  {
    id: 'auth/W31',
    title: 'a leading zero byte',
    isValid: false,
    signature: toBytes(validNumber, BYTES + 1),
  },
  {
    id: 'auth/W32',
    title: 'the number plus the modulus',
    isValid: false,
    signature: toBytes(validNumber + modulus, BYTES + 1),
  },
  {
    id: 'auth/W33',
    title: 'a trailing byte',
    isValid: false,
    signature: Buffer.concat([toBytes(validNumber), Buffer.alloc(1)]),
  },
  {
    id: 'auth/W34',
    title: 'one byte less',
    isValid: false,
    signature: toBytes(validNumber).subarray(0, BYTES - 1),
  },
  {
    id: 'auth/W35',
    title: 'the modulus minus the number',
    isValid: false,
    signature: toBytes(modulus - validNumber),
  },
  { id: 'auth/W36', title: 'the modulus', isValid: false, signature: toBytes(modulus) },
  { id: 'auth/W37', title: 'no bytes', isValid: false, signature: Buffer.alloc(0) },
])('$id accepts only the valid bytes of a signature: $title', ({ isValid, signature }) => {
  expect(isAccepted(signature)).toBe(isValid)
})

test('auth/W38 rejects a signature without its leading zero byte', () => {
  // One signature in 256 starts with a zero byte.
  let signingInput = SIGNING_INPUT
  for (let i = 0; signRaw(encodePkcs1(signingInput, BYTES))[0] !== 0; i++)
    signingInput = `${SIGNING_INPUT}${i}`
  const signature = signRaw(encodePkcs1(signingInput, BYTES))
  expect([isAccepted(signature, signingInput), isAccepted(signature.subarray(1), signingInput)]).toEqual([
    true,
    false,
  ])
})
