import type { GraphQLResolveInfo } from 'graphql'
import { hashJson, toIndexKey } from '../database/idempotency.ts'
import { badRequest } from '../errors/api-error.ts'

export const IDEMPOTENCY_KEY_FORMAT = '1 to 255 visible ASCII characters'
const KEY = /^[\x21-\x7e]{1,255}$/

export const isIdempotencyKey = (text: string): boolean => KEY.test(text)

/**
 * Parses the Idempotency-Key header: a quoted string (draft-ietf-httpapi-idempotency-key-header §2), or the bare text
 * that most clients send.
 * @returns undefined if there is no such header
 * @throws ApiError `BAD_REQUEST`
 */
export function parseIdempotencyKey(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  const key = String(header).replace(/^"(.*)"$/, '$1')
  // Node joins repeated headers with a comma.
  if (!isIdempotencyKey(key) || key.includes(','))
    throw badRequest(`Idempotency-Key must be sent once, and be ${IDEMPOTENCY_KEY_FORMAT} without a comma.`)
  return key
}

/** Creates the idempotent write of a field: the key with a hash of the document, the operation and the variables. */
export function createIdempotentWrite(key: string | undefined, info: GraphQLResolveInfo) {
  if (key === undefined) return undefined
  const { loc, name } = info.operation
  if (!loc) throw new Error('The document was parsed without locations.')
  const requestHash = hashJson([loc.source.body, name?.value, info.variableValues])
  return { key, part: toIndexKey(String(info.path.key)), requestHash }
}
