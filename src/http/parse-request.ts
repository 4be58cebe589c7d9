import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { type ClientBuffers, measureRequest } from '../lib/client-buffers.ts'
import { MAX_ACCEPT_LENGTH } from '../lib/graphql-content-type.ts'
import { type HttpRequest, toOriginForm } from '../lib/http-messages.ts'
import { hasValidHost, MAX_HEADERS } from '../lib/request-head.ts'
import { PROTOCOL_ERRORS, type ProtocolError } from './protocol-errors.ts'

const FORM_MEDIA_TYPE = 'application/x-www-form-urlencoded'
/** A form is read only to report a token in it (RFC 6750 §2.2); the route then responds 415. A larger one is not read. */
const MAX_FORM_BYTES = 8_192
const READABLE_MEDIA_TYPES: ReadonlySet<string> = new Set(['application/json', FORM_MEDIA_TYPE])
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i

/** Node's test for the one expectation that it meets itself (RFC 9110 §10.1.1). */
const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i

/** The header is parsed for each request, in quadratic time. */
const MAX_CONTENT_TYPE_LENGTH = 256

/** The heap that a chunk of a body takes besides its bytes. */
const CHUNK_BYTES = 256

/** The text of a request's body, undefined if it has none, or the error that kept it from being read. */
type BodyResult = { readonly text?: string; readonly error?: ProtocolError }

/**
 * Reads the body of a request as text. JSON is parsed only after the caller is authenticated.
 * @param needsBody returns false if a JSON body that has not arrived need not be read
 * @returns at once, not as a promise, unless the body has yet to arrive
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  buffers: ClientBuffers,
  needsBody: () => boolean,
): BodyResult | Promise<BodyResult> {
  const { method, headers } = request
  if (method === 'GET' || method === 'HEAD') return {}
  const { 'content-type': type, 'content-length': length, 'transfer-encoding': encoding } = headers
  if (type === undefined && encoding === undefined && (length === undefined || length === '0')) return {}
  const error = checkBodyHeaders(headers, maxBytes)
  if (error) return { error }
  if (request.complete) return takeBody(request, maxBytes)
  if (parseMediaType(type) !== FORM_MEDIA_TYPE && !needsBody()) return {}
  return collectBody(request, maxBytes, buffers)
}

/** Takes a body that has arrived completely, which most have. Waiting for its events would take several microseconds. */
function takeBody(request: IncomingMessage, maxBytes: number): BodyResult {
  const chunks: Buffer[] = []
  let size = 0
  for (let chunk: Buffer | null = request.read(); chunk !== null; chunk = request.read()) {
    size += chunk.length
    chunks.push(chunk)
  }
  return size > maxBytes ? { error: PROTOCOL_ERRORS.BODY_TOO_LARGE } : { text: decode(chunks, size) }
}

function checkBodyHeaders(headers: IncomingHttpHeaders, maxBytes: number): ProtocolError | undefined {
  const {
    'content-type': type = '',
    'content-encoding': coding = 'identity',
    'content-length': length,
  } = headers
  const mediaType = parseMediaType(type)
  if (!READABLE_MEDIA_TYPES.has(mediaType)) return PROTOCOL_ERRORS.MEDIA_TYPE
  // The length of a chunked form is unknown.
  if (mediaType === FORM_MEDIA_TYPE && !(Number(length) <= MAX_FORM_BYTES)) return PROTOCOL_ERRORS.MEDIA_TYPE
  // RFC 8259 §8.1, RFC 9110 §8.3.2
  const charset = CHARSET.exec(type)?.[1]
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) return PROTOCOL_ERRORS.CHARSET
  if (coding.toLowerCase() !== 'identity') return PROTOCOL_ERRORS.CONTENT_CODING
  return Number(length) > maxBytes ? PROTOCOL_ERRORS.BODY_TOO_LARGE : undefined
}

function collectBody(
  request: IncomingMessage,
  maxBytes: number,
  buffers: ClientBuffers,
): Promise<BodyResult> {
  const { socket } = request
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    let heldBytes = 0
    let isFinished = false
    function hold(bytes: number): void {
      heldBytes += bytes
      buffers.holdBody(socket, bytes)
    }
    function finish(result: BodyResult): void {
      if (heldBytes > 0) buffers.releaseBody(socket, heldBytes)
      heldBytes = 0
      chunks.length = 0
      isFinished = true
      resolve(result)
    }
    function addChunk(chunk: Buffer): void {
      if (isFinished) return
      size += chunk.length
      chunks.push(chunk)
      if (size > maxBytes) finish({ error: PROTOCOL_ERRORS.BODY_TOO_LARGE })
      else if (!request.complete) hold(chunk.length + CHUNK_BYTES)
    }
    hold(measureRequest(request))
    request.on('data', addChunk)
    request.on('end', () => finish({ text: decode(chunks, size) }))
    request.on('error', () => finish({ error: PROTOCOL_ERRORS.MALFORMED }))
  })
}

/** Returns the error of a request whose head violates HTTP/1, or a limit, although Node accepts it. */
export function checkHead({
  httpVersionMajor,
  headers,
  rawHeaders,
}: IncomingMessage): ProtocolError | undefined {
  if (httpVersionMajor !== 1) return PROTOCOL_ERRORS.HTTP_VERSION
  if (rawHeaders.length > 2 * MAX_HEADERS) return PROTOCOL_ERRORS.TOO_MANY_HEADERS
  const { 'content-type': type, accept } = headers
  // RFC 6585 §5
  if ((type && type.length > MAX_CONTENT_TYPE_LENGTH) || (accept && accept.length > MAX_ACCEPT_LENGTH))
    return PROTOCOL_ERRORS.HEADERS_TOO_LARGE
  if (headers.expect !== undefined && !CONTINUE.test(headers.expect)) return PROTOCOL_ERRORS.EXPECTATION
  // RFC 9112 §6.1. Node decodes `chunked` alone, whatever other codings it follows.
  const { 'transfer-encoding': coding = 'chunked' } = headers
  if (coding !== 'chunked' && coding.toLowerCase() !== 'chunked') return PROTOCOL_ERRORS.TRANSFER_CODING
  return hasValidHost({ headers }) ? undefined : PROTOCOL_ERRORS.MALFORMED
}

/** Decodes all chunks together: a character may begin in one chunk and end in the next. */
function decode(chunks: readonly Buffer[], size: number): string {
  const [first] = chunks
  return (chunks.length === 1 && first ? first : Buffer.concat(chunks, size)).toString()
}

/** Returns a media type in lower case without its parameters (RFC 9110 §8.3.1). */
function parseMediaType(header = ''): string {
  if (READABLE_MEDIA_TYPES.has(header)) return header
  return header.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** Builds the request that routes see: no stream, no socket. */
export function parseRequest(
  request: IncomingMessage,
  params: HttpRequest['params'],
  body: string | undefined,
  logError: HttpRequest['logError'],
): HttpRequest {
  const { headers } = request
  const url = toOriginForm(request.url ?? '')
  const queryAt = url.indexOf('?')
  const isForm = body !== undefined && parseMediaType(headers['content-type']) === FORM_MEDIA_TYPE
  return {
    method: request.method ?? 'GET',
    path: queryAt < 0 ? url : url.slice(0, queryAt),
    search: queryAt < 0 ? '' : url.slice(queryAt),
    headers,
    authorization: headers.authorization === undefined ? undefined : valuesOf(request, 'authorization'),
    dpop: headers.dpop === undefined ? undefined : valuesOf(request, 'dpop'),
    params,
    body: isForm ? undefined : body,
    form: isForm ? body : undefined,
    logError,
  }
}

/** Returns every value of a header. Node's `headersDistinct` would collect all headers, which takes much longer. */
function valuesOf({ rawHeaders }: IncomingMessage, name: string): readonly string[] {
  const values: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i] ?? ''
    if (header.length === name.length && header.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '')
  }
  return values
}
