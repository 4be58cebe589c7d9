// Unusual requests, byte by byte, for the routes of test/http/raw-requests.test.ts.

const CLOSE = 'Connection: close\r\n'
const head = (line: string, headers = '') => `${line} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`
const last = (line: string, headers = '') => head(line, CLOSE + headers)
const JSON_TYPE = 'Content-Type: application/json\r\n'
const post = (body: string, headers = JSON_TYPE) =>
  last('POST /echo', `${headers}Content-Length: ${Buffer.byteLength(body)}\r\n`) + body
const FORM_TYPE = 'Content-Type: application/x-www-form-urlencoded\r\n'
const CHUNKED = `${JSON_TYPE}Transfer-Encoding: chunked\r\n`
const LETTERS = Buffer.from('ë€😀')
const preflight = (headers: string) =>
  last('OPTIONS /public', `Origin: http://x\r\nAccess-Control-Request-Method: GET\r\n${headers}`)

type RawRequest = {
  readonly id: string
  readonly title: string
  /** Each is sent as a packet of its own. */
  readonly parts: readonly (string | Buffer)[]
  readonly statuses: readonly number[]
  /** Matches the responses. */
  readonly shows: RegExp
  /** The number of requests in the log; all of them by default. */
  readonly loggedCount?: number
  /** The level of each line of the log; not checked by default. */
  readonly level?: string
}

export const RAW_REQUESTS: readonly RawRequest[] = [
  {
    id: 'http/H10',
    title: 'answers 405 for a method without a route',
    parts: [last('PATCH /echo')],
    statuses: [405],
    shows: /Allow: GET, HEAD, POST\r/i,
  },
  {
    id: 'http/H11',
    title: 'answers HEAD with the length of the GET response',
    parts: [last('HEAD /public')],
    statuses: [200],
    shows: /content-length: 6\r\n[^<]*\r\n\r\n$/,
  },
  {
    id: 'http/H12',
    title: 'rejects a body without a content type',
    parts: [post('{}', '')],
    statuses: [415],
    shows: /BAD_REQUEST/,
  },
  {
    id: 'http/H13',
    title: 'accepts a media type in capitals, with parameters',
    parts: [post('{}', 'Content-Type: APPLICATION/JSON ;a=b\r\n')],
    statuses: [200],
    shows: /POST<\{\}>/,
  },
  {
    id: 'http/H14',
    title: 'rejects a media type with a known prefix',
    parts: [post('{}', 'Content-Type: application/jsonx\r\n')],
    statuses: [415],
    shows: /BAD_REQUEST/,
  },
  {
    id: 'http/H15',
    title: 'ignores the body of a GET request',
    parts: [head('GET /echo', 'Content-Length: 5\r\n'), `hello${last('GET /echo?2')}`],
    statuses: [200, 200],
    shows: /GET<undefined>.*GET\?2</s,
  },
  {
    id: 'http/H16',
    title: 'accepts chunks with trailers',
    parts: [head('POST /echo', CHUNKED), `2\r\n{}\r\n0\r\nX-Name: a\r\n\r\n${last('GET /echo?2')}`],
    statuses: [200, 200],
    shows: /POST<\{\}>.*GET\?2</s,
  },
  {
    id: 'http/H17',
    title: 'rejects a Content-Length over the limit',
    parts: [head('POST /echo', `${JSON_TYPE}Content-Length: 1001\r\n`)],
    statuses: [413],
    shows: /connection: close.*LIMIT_EXCEEDED/s,
  },
  {
    id: 'http/H18',
    title: 'rejects chunks over the limit',
    parts: [head('POST /echo', CHUNKED), `3e9\r\n${'x'.repeat(1_001)}\r\n`],
    statuses: [413],
    shows: /connection: close.*LIMIT_EXCEEDED/s,
  },
  {
    id: 'http/H19',
    title: 'decodes characters that are split between packets',
    parts: [
      last('POST /echo', `${JSON_TYPE}Content-Length: 9\r\n`),
      LETTERS.subarray(0, 3),
      LETTERS.subarray(3, 7),
      LETTERS.subarray(7),
    ],
    statuses: [200],
    shows: /POST<ë€😀>/,
  },
  {
    id: 'http/H20',
    title: 'accepts an empty chunked body',
    parts: [last('POST /echo', CHUNKED), '0\r\n\r\n'],
    statuses: [200],
    shows: /POST<>/,
  },
  {
    id: 'http/H21',
    title: 'answers Expect: 100-continue',
    parts: [last('POST /echo', `${JSON_TYPE}Expect: 100-continue\r\nContent-Length: 2\r\n`), '{}'],
    statuses: [100, 200],
    shows: /POST<\{\}>/,
    loggedCount: 1,
  },
  {
    id: 'http/H22',
    title: 'rejects and logs any other expectation',
    parts: [head('GET /echo', 'Expect: tea\r\n')],
    statuses: [417],
    shows: /x-request-id: .*connection: close.*BAD_REQUEST/is,
  },
  {
    id: 'http/H23',
    title: 'ignores an upgrade to another protocol',
    parts: [head('GET /echo', 'Connection: Upgrade, close\r\nUpgrade: websocket\r\n')],
    statuses: [200],
    shows: /GET</,
  },
  {
    id: 'http/H24',
    title: 'accepts HTTP/1.0',
    parts: ['GET /echo HTTP/1.0\r\n\r\n'],
    statuses: [200],
    shows: /connection: close/i,
  },
  {
    id: 'http/H25',
    title: 'answers pipelined requests in order, the first one being slow',
    parts: [
      head('GET /held') +
        head('GET /releases') +
        head('GET /nothing') +
        head('GET /echo/%ff') +
        last('GET /echo?5'),
    ],
    statuses: [200, 200, 404, 400, 200],
    shows: /first.*second.*GET\?5</s,
  },
  {
    id: 'http/H26',
    title: 'answers 404 for OPTIONS *',
    parts: [last('OPTIONS *')],
    statuses: [404],
    shows: /NOT_FOUND/,
  },
  {
    id: 'http/H27',
    title: 'does not merge slashes',
    parts: [last('GET //echo')],
    statuses: [404],
    shows: /NOT_FOUND/,
  },
  {
    id: 'http/H28',
    title: 'decodes a slash and a zero byte in a path parameter',
    parts: [last('GET /echo/a%2f..%00')],
    statuses: [200],
    shows: /id<a\/\.\.\0>/,
  },
  {
    id: 'http/H29',
    title: 'rejects a path parameter that is too long',
    parts: [last(`GET /echo/${'x'.repeat(101)}`)],
    statuses: [414],
    shows: /x-request-id: .*LIMIT_EXCEEDED/s,
  },
  {
    id: 'http/H30',
    title: 'rejects two Content-Length headers',
    parts: [head('POST /echo', `${JSON_TYPE}Content-Length: 2\r\nContent-Length: 3\r\n`)],
    statuses: [400],
    shows: /BAD_REQUEST/,
    loggedCount: 0,
  },
  {
    id: 'http/H31',
    title: 'allows the headers that a preflight asks for',
    parts: [preflight('Access-Control-Request-Headers: a, b\r\n')],
    statuses: [204],
    shows: /access-control-allow-headers: a, b\r\n/,
  },
  {
    id: 'http/H32',
    title: 'answers a preflight without requested headers',
    parts: [preflight('')],
    statuses: [204],
    shows: /^(?!.*allow-headers).*allow-methods: GET\r\n/s,
  },
  {
    id: 'http/H38',
    title: 'sends no Content-Length with status 204, and keeps the connection usable',
    parts: [preflight('').replace(CLOSE, ''), last('GET /public')],
    statuses: [204, 200],
    shows: /^HTTP\/1.1 204 (?!.*(?:content-length|transfer-encoding).*HTTP).*HTTP\/1.1 200 .*public$/s,
  },
  {
    id: 'http/H33',
    title: 'rejects a preflight that would inject a header',
    parts: [preflight('Access-Control-Request-Headers: a\rX-Evil: b\r\n')],
    statuses: [400],
    shows: /^(?!.*evil)/is,
    loggedCount: 0,
  },
  {
    id: 'http/H34',
    title: 'answers 500 when a handler throws synchronously',
    parts: [head('POST /throws', `${JSON_TYPE}Content-Length: 2\r\n`), `{}${last('GET /echo?2')}`],
    statuses: [500, 200],
    shows: /INTERNAL.*GET\?2</s,
  },
  {
    id: 'http/H35',
    title: 'answers 500 when a handler rejects',
    parts: [head('GET /rejects') + last('GET /echo?2')],
    statuses: [500, 200],
    shows: /INTERNAL.*GET\?2</s,
  },
  {
    id: 'http/H36',
    title: 'answers 500 when a handler resolves to undefined',
    parts: [head('GET /resolves-to-nothing') + last('GET /echo?2')],
    statuses: [500, 200],
    shows: /INTERNAL.*GET\?2</s,
  },
  {
    id: 'http/H37',
    title: 'answers 500 when a response header is invalid',
    parts: [last('GET /header')],
    statuses: [500],
    shows: /^HTTP\/1.1 500 Internal Server Error\r\n(?!.*evil)/s,
  },
  {
    id: 'http/H70',
    title: 'rejects two Host headers (RFC 9112 §3.2)',
    parts: ['GET /echo HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n'],
    statuses: [400],
    shows: /connection: close.*BAD_REQUEST/s,
  },
  {
    id: 'http/H71',
    title: 'rejects an invalid Host header (RFC 9112 §3.2)',
    parts: ['GET /echo HTTP/1.1\r\nHost: user@x\r\n\r\n'],
    statuses: [400],
    shows: /connection: close.*BAD_REQUEST/s,
  },
  {
    id: 'http/H72',
    title: 'rejects HTTP/1.1 without a Host header (RFC 9112 §3.2)',
    parts: ['GET /echo HTTP/1.1\r\n\r\n'],
    statuses: [400],
    shows: /connection: close/i,
    loggedCount: 0,
  },
  {
    id: 'http/H73',
    title: 'accepts a Host header with an address of IPv6 and a port, or an empty one',
    parts: [
      'GET /echo HTTP/1.1\r\nHost: [::1]:4000\r\n\r\n',
      `GET /echo?2 HTTP/1.1\r\nHost:\r\n${CLOSE}\r\n`,
    ],
    statuses: [200, 200],
    shows: /GET<.*GET\?2</s,
  },
  {
    id: 'http/H74',
    title: 'closes the connection after an HTTP/1.0 request with Transfer-Encoding (RFC 9112 §6.1)',
    parts: [
      `POST /echo HTTP/1.0\r\nConnection: keep-alive\r\n${CHUNKED}\r\n2\r\n{}\r\n0\r\n\r\n`,
      head('GET /echo?2'),
    ],
    statuses: [200],
    shows: /connection: close.*POST<\{\}>/s,
  },
  {
    id: 'http/H75',
    title: 'rejects HTTP/0.9',
    parts: ['GET /echo\r\n\r\n'],
    statuses: [505],
    shows: /connection: close.*BAD_REQUEST/s,
  },
  {
    id: 'http/H76',
    title: 'rejects a request line of HTTP/2',
    parts: ['GET /echo HTTP/2.0\r\nHost: x\r\n\r\n'],
    statuses: [505],
    shows: /connection: close.*BAD_REQUEST/s,
    level: 'info',
  },
  {
    id: 'http/H77',
    title: 'rejects the preface of HTTP/2 (RFC 9113 §3.4)',
    parts: ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    statuses: [400],
    shows: /connection: close.*BAD_REQUEST/is,
    loggedCount: 0,
  },
  {
    id: 'http/H78',
    title: 'rejects a compressed body',
    parts: [post('{}', `${JSON_TYPE}Content-Encoding: gzip\r\n`)],
    statuses: [415],
    shows: /BAD_REQUEST/,
  },
  {
    id: 'http/H79',
    title: 'rejects a charset other than UTF-8',
    parts: [post('{}', 'Content-Type: application/json; charset=utf-16\r\n')],
    statuses: [415],
    shows: /BAD_REQUEST/,
  },
  {
    id: 'http/H80',
    title: 'accepts the identity coding and UTF-8 by name',
    parts: [
      post('{}', 'Content-Type: application/json; a=b; Charset="UTF-8"\r\nContent-Encoding: Identity\r\n'),
    ],
    statuses: [200],
    shows: /POST<\{\}>/,
  },
  {
    id: 'http/H81',
    title: 'rejects two Content-Type headers',
    parts: [post('{}', JSON_TYPE + JSON_TYPE)],
    statuses: [415],
    shows: /BAD_REQUEST/,
  },
  {
    id: 'http/H82',
    title: 'accepts 100 headers',
    parts: [last('GET /echo', 'A: b\r\n'.repeat(98))],
    statuses: [200],
    shows: /GET</,
  },
  {
    id: 'http/H83',
    title: 'rejects 101 headers, of which Node would drop some',
    parts: [last('GET /echo', 'A: b\r\n'.repeat(99))],
    statuses: [431],
    shows: /connection: close.*LIMIT_EXCEEDED/s,
  },
  {
    id: 'http/H84',
    title: 'accepts a body of 250 small chunks',
    parts: [last('POST /echo', CHUNKED), `${'1\r\nx\r\n'.repeat(250)}0\r\n\r\n`],
    statuses: [200],
    shows: /POST<x{250}>/,
  },
  {
    id: 'http/H85',
    title: 'rejects a transfer coding other than chunked (RFC 9112 §6.1)',
    parts: [
      head('POST /echo', `${JSON_TYPE}Transfer-Encoding: gzip, chunked\r\n`),
      `2\r\n{}\r\n0\r\n\r\n${head('GET /echo?2')}`,
    ],
    statuses: [501],
    shows: /connection: close.*BAD_REQUEST/s,
    level: 'info',
  },
  {
    id: 'http/H86',
    title: 'accepts the transfer coding in capitals',
    parts: [last('POST /echo', `${JSON_TYPE}Transfer-Encoding: Chunked\r\n`), '2\r\n{}\r\n0\r\n\r\n'],
    statuses: [200],
    shows: /POST<\{\}>/,
  },
  {
    id: 'http/H92',
    title: 'rejects a Content-Type of more than 256 characters, which takes quadratic time to parse',
    parts: [last('GET /echo', `Content-Type: application/json;${' '.repeat(239)}x\r\n`)],
    statuses: [431],
    shows: /connection: close.*LIMIT_EXCEEDED/s,
  },
  {
    id: 'http/H93',
    title: 'rejects an Accept header of more than 1,024 characters in two lines',
    parts: [last('GET /echo', `Accept: ${'a/b,'.repeat(128)}\r\nAccept: ${'a/b,'.repeat(128)}\r\n`)],
    statuses: [431],
    shows: /connection: close.*LIMIT_EXCEEDED/s,
  },
  {
    id: 'http/H94',
    title: 'accepts a Content-Type of 256 characters and an Accept header of 1,024',
    parts: [
      last(
        'GET /echo',
        `Content-Type: application/json;${' '.repeat(238)}x\r\nAccept: ${'a/b,'.repeat(256)}\r\n`,
      ),
    ],
    statuses: [200],
    shows: /GET</,
  },
  {
    id: 'http/H95',
    title: 'rejects a form of more than 8 KiB without reading it',
    parts: [last('POST /echo', `${FORM_TYPE}Content-Length: 8193\r\n`)],
    statuses: [415],
    shows: /BAD_REQUEST/,
  },
  {
    id: 'http/H96',
    title: 'rejects a form in chunks without reading it',
    parts: [last('POST /echo', `${FORM_TYPE}Transfer-Encoding: chunked\r\n`)],
    statuses: [415],
    shows: /BAD_REQUEST/,
  },
]
