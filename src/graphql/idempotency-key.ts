import type { GraphQLResolveInfo } from 'graphql'
import { hashJson, type IdempotentWrite, toIndexKey } from '../database/idempotency.ts'
import { badRequest } from '../errors/api-error.ts'

export const IDEMPOTENCY_KEY_FORMAT = '1 to 255 visible ASCII characters'
const KEY = /^[\x21-\x7e]{1,255}$/

export const isIdempotencyKey = (text: string): boolean => KEY.test(text)

/**
 * The header that names a write, so that it is done once however often it is sent
 * (draft-ietf-httpapi-idempotency-key-header §2: a string in quotes; most clients send it bare).
 * @returns undefined when there is none
 * @throws Refusal `BAD_REQUEST`
 */
export function parseIdempotencyKey(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  const key = String(header).replace(/^"(.*)"$/, '$1')
  // A header that is sent twice comes with a comma between.
  if (!isIdempotencyKey(key) || key.includes(','))
    throw badRequest(`Idempotency-Key must be sent once, and be ${IDEMPOTENCY_KEY_FORMAT} without a comma.`)
  return key
}

/** What the request's key stands for at this field: its document, its operation and its variables. */
export function createIdempotencyClaim(
  key: string | undefined,
  info: GraphQLResolveInfo,
): IdempotentWrite | undefined {
  if (key === undefined) return undefined
  const { loc, name } = info.operation
  if (!loc) throw new Error('the document has lost its text')
  const hash = hashJson([loc.source.body, name?.value, info.variableValues])
  return { key, part: toIndexKey(String(info.path.key)), requestHash: hash }
}
