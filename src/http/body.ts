import type { IncomingMessage } from 'node:http'

/** What is wrong with a body; `protocolAnswer` knows the codes. */
export type BodyErrorCode = 'BODY_TOO_LARGE' | 'BODY_BROKEN' | 'MEDIA_TYPE'

export const FORM_MEDIA_TYPE = 'application/x-www-form-urlencoded'
const TYPES: ReadonlySet<string> = new Set(['application/json', FORM_MEDIA_TYPE])
const BODYLESS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD'])

/** @returns undefined where there is a body to be read; else what to go on with */
export function checkBodyHeaders({
  method,
  headers,
}: IncomingMessage): { readonly errorCode?: BodyErrorCode } | undefined {
  if (BODYLESS.has(method)) return {}
  const type = headers['content-type']
  const { 'content-length': length, 'transfer-encoding': encoding } = headers
  if (type === undefined && encoding === undefined && (length === undefined || length === '0')) return {}
  return TYPES.has(parseMediaType(type)) ? undefined : { errorCode: 'MEDIA_TYPE' }
}

/** RFC 9110 §8.3.1: without its parameters; letters' case does not count. */
export function parseMediaType(header = ''): string {
  if (TYPES.has(header)) return header
  return header.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/**
 * Reads a body, which stays text: who asks is settled before anybody looks into it.
 * @param maxBytes bytes
 * @param callback called once
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  callback: (fault: BodyErrorCode | undefined, text: string) => void,
): void {
  if (Number(request.headers['content-length']) > maxBytes) return void callback('BODY_TOO_LARGE', '')
  const chunks: Buffer[] = []
  let size = 0
  let isDone = false
  function finish(fault: BodyErrorCode | undefined, text: string): void {
    if (isDone) return
    isDone = true
    callback(fault, text)
  }
  request.on('data', (chunk: Buffer) => {
    if (isDone) return
    size += chunk.length
    if (size > maxBytes) return finish('BODY_TOO_LARGE', '')
    chunks.push(chunk)
  })
  // Decoded at once: a letter may begin in one chunk and end in the next.
  request.on('end', () => {
    const [first = Buffer.alloc(0), ...others] = chunks
    finish(undefined, (others.length === 0 ? first : Buffer.concat(chunks, size)).toString())
  })
  request.on('error', () => finish('BODY_BROKEN', ''))
}
