export type ProtocolError = { readonly status: number; readonly code: string; readonly body: string }

/** The body, in GraphQL's shape, is serialized once: most of these errors are sent when there is much to do. */
const protocolError = (status: number, code: string, message: string): ProtocolError => ({
  status,
  code,
  body: JSON.stringify({ errors: [{ message, extensions: { code } }] }),
})

/** The errors of requests that violate HTTP or a limit of the server, and of routes that fail. */
export const PROTOCOL_ERRORS = {
  MALFORMED: protocolError(400, 'BAD_REQUEST', 'Malformed request.'),
  NOT_FOUND: protocolError(404, 'NOT_FOUND', 'Not found.'),
  METHOD_NOT_ALLOWED: protocolError(
    405,
    'BAD_REQUEST',
    'This path does not support the method. The Allow header lists the methods that it supports.',
  ),
  BODY_TOO_LARGE: protocolError(413, 'LIMIT_EXCEEDED', 'The body is too large (BODY_LIMIT).'),
  RESPONSE_TOO_LARGE: protocolError(
    413,
    'LIMIT_EXCEEDED',
    'The response is too large (RESPONSE_LIMIT). Select fewer fields or a smaller page.',
  ),
  PATH_TOO_LONG: protocolError(414, 'LIMIT_EXCEEDED', 'The path is too long.'),
  MEDIA_TYPE: protocolError(415, 'BAD_REQUEST', 'Unsupported media type. Send application/json.'),
  CHARSET: protocolError(415, 'BAD_REQUEST', 'Unsupported charset. Send the body in UTF-8.'),
  CONTENT_CODING: protocolError(
    415,
    'BAD_REQUEST',
    'Unsupported content coding. Send the body without Content-Encoding.',
  ),
  EXPECTATION: protocolError(417, 'BAD_REQUEST', 'Unsupported expectation. Send 100-continue, or no Expect.'),
  RATE_LIMITED: protocolError(
    429,
    'LIMIT_EXCEEDED',
    'Too many requests from this address. Try again later; see Retry-After.',
  ),
  TOO_MANY_HEADERS: protocolError(431, 'LIMIT_EXCEEDED', 'Too many headers. Send at most 100.'),
  HEADERS_TOO_LARGE: protocolError(431, 'LIMIT_EXCEEDED', 'The headers are too large.'),
  INTERNAL: protocolError(500, 'INTERNAL_SERVER_ERROR', 'Internal server error.'),
  TRANSFER_CODING: protocolError(501, 'BAD_REQUEST', 'Unsupported transfer coding. Send chunked alone.'),
  SATURATED: protocolError(503, 'SERVICE_UNAVAILABLE', 'The server is overloaded. Try again in a moment.'),
  HTTP_VERSION: protocolError(505, 'BAD_REQUEST', 'Unsupported HTTP version. Send HTTP/1.1.'),
} as const

const PARSER_ERRORS: Readonly<Record<string, ProtocolError>> = {
  HPE_HEADER_OVERFLOW: PROTOCOL_ERRORS.HEADERS_TOO_LARGE,
  ERR_HTTP_REQUEST_TIMEOUT: protocolError(408, 'BAD_REQUEST', 'The request took too long to arrive.'),
}

/** Returns the error for bytes that never became a request, by the code of Node's HTTP parser. */
export const toProtocolError = (parserCode = ''): ProtocolError =>
  PARSER_ERRORS[parserCode] ?? PROTOCOL_ERRORS.MALFORMED
