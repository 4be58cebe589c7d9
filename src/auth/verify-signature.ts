import { type KeyObject, verify } from 'node:crypto'
import { invalidToken } from '../errors/api-error.ts'
import type { CompactJws } from './compact-jws.ts'

/**
 * RS256 (RFC 7518 §3.3). OpenSSL checks the padding to the last byte; done at once and here, because to hand it to
 * another thread costs more than the check (`npm run bench -- token`).
 * @param key an RSA key; its size was checked when the key set was read
 * @throws Refusal `invalid_token`
 */
export function verifySignature({ signingInput, signature }: CompactJws, key: KeyObject): void {
  const right = verify('RSA-SHA256', Buffer.from(signingInput), key, Buffer.from(signature, 'base64url'))
  if (!right) throw invalidToken('signature')
}
