import type { IncomingMessage } from 'node:http'

type BodyErrorCode = 'BODY_TOO_LARGE' | 'BODY_INCOMPLETE' | 'MEDIA_TYPE'

/** The text of a request's body, undefined if it has none, or the reason why it cannot be read. */
export type BodyResult = { readonly text?: string; readonly errorCode?: BodyErrorCode }

export const FORM_MEDIA_TYPE = 'application/x-www-form-urlencoded'
const SUPPORTED_MEDIA_TYPES: ReadonlySet<string> = new Set(['application/json', FORM_MEDIA_TYPE])
const BODYLESS_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD'])

const NO_BODY: BodyResult = Object.freeze({})
const UNSUPPORTED_MEDIA_TYPE: BodyResult = Object.freeze({ errorCode: 'MEDIA_TYPE' })
const TOO_LARGE: BodyResult = Object.freeze({ errorCode: 'BODY_TOO_LARGE' })
const INCOMPLETE: BodyResult = Object.freeze({ errorCode: 'BODY_INCOMPLETE' })

/**
 * Reads the body of a request as text. JSON is parsed only after the caller is authenticated.
 * @returns at once, not as a promise, when there is nothing to read
 */
export function readBody(request: IncomingMessage, maxBytes: number): BodyResult | Promise<BodyResult> {
  const { method, headers } = request
  if (BODYLESS_METHODS.has(method)) return NO_BODY
  const { 'content-type': type, 'content-length': length, 'transfer-encoding': encoding } = headers
  if (type === undefined && encoding === undefined && (length === undefined || length === '0')) return NO_BODY
  if (!SUPPORTED_MEDIA_TYPES.has(parseMediaType(type))) return UNSUPPORTED_MEDIA_TYPE
  if (Number(length) > maxBytes) return TOO_LARGE
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBytes) chunks.push(chunk)
      else resolve(TOO_LARGE)
    })
    request.on('end', () => resolve({ text: decode(chunks, size) }))
    request.on('error', () => resolve(INCOMPLETE))
  })
}

/** Decodes all chunks together: a character may begin in one chunk and end in the next. */
function decode(chunks: readonly Buffer[], size: number): string {
  const [first] = chunks
  return (chunks.length === 1 && first ? first : Buffer.concat(chunks, size)).toString()
}

/** Returns a media type in lower case without its parameters (RFC 9110 §8.3.1). */
export function parseMediaType(header = ''): string {
  if (SUPPORTED_MEDIA_TYPES.has(header)) return header
  return header.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
