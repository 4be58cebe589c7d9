import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16

/** Derives a key from each secret (HKDF, RFC 5869). */
export const deriveKeys = (secrets: readonly string[], salt: string, info: string): Buffer[] =>
  secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, salt, info, KEY_BYTES)))

/** Encrypts and authenticates a text with the first of these keys, each of 32 bytes. */
export function seal([key = Buffer.of()]: readonly Buffer[], text: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, iv)
  const body = [cipher.update(text, 'utf8'), cipher.final()]
  return Buffer.concat([iv, cipher.getAuthTag(), ...body]).toString('base64url')
}

/** Decrypts a sealed text. Returns undefined if it was sealed with none of these keys, or altered. */
export function unseal(keys: readonly Buffer[], sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  const start = IV_BYTES + TAG_BYTES
  for (const key of keys) {
    try {
      const iv = bytes.subarray(0, IV_BYTES)
      const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES })
      decipher.setAuthTag(bytes.subarray(IV_BYTES, start))
      return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]).toString('utf8')
    } catch {
      // The next key may be the right one.
    }
  }
  return undefined
}
