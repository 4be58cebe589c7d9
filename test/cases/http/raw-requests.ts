// Odd requests, byte for byte, to the routes of test/http/raw-requests.test.ts: each of `parts` is a packet of its own.

const CLOSE = 'Connection: close\r\n'
const head = (line: string, headers = '') => `${line} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`
const last = (line: string, headers = '') => head(line, CLOSE + headers)
const JSON_TYPE = 'Content-Type: application/json\r\n'
const post = (body: string, headers = JSON_TYPE) =>
  last('POST /echo', `${headers}Content-Length: ${Buffer.byteLength(body)}\r\n`) + body
const CHUNKED = `${JSON_TYPE}Transfer-Encoding: chunked\r\n`
const LETTERS = Buffer.from('ë€😀')
const preflight = (headers: string) =>
  last('OPTIONS /public', `Origin: http://x\r\nAccess-Control-Request-Method: GET\r\n${headers}`)

/** `told`: of how many the log has a line; all that are answered, if left out. */
type Row = readonly [
  id: string,
  what: string,
  parts: readonly (string | Buffer)[],
  statuses: readonly number[],
  shows: RegExp,
  told?: number,
]
export const RAW_REQUESTS: readonly Row[] = [
  ['H10', 'a method that the place does not know', [last('PATCH /echo')], [404], /NOT_FOUND/],
  [
    'H11',
    'HEAD: the length of what GET gets',
    [last('HEAD /public')],
    [200],
    /content-length: 6\r\n[^<]*\r\n\r\n$/,
  ],
  ['H12', 'a body of no type', [post('{}', '')], [415], /BAD_REQUEST/],
  [
    'H13',
    'a type in capitals, with parameters',
    [post('{}', 'Content-Type: APPLICATION/JSON ;a=b\r\n')],
    [200],
    /POST<\{\}>/,
  ],
  [
    'H14',
    'a type that only begins like one',
    [post('{}', 'Content-Type: application/jsonx\r\n')],
    [415],
    /BAD_REQUEST/,
  ],
  [
    'H15',
    'a body where none belongs',
    [head('GET /echo', 'Content-Length: 5\r\n'), `hello${last('GET /echo?2')}`],
    [200, 200],
    /GET<undefined>.*GET\?2</s,
  ],
  [
    'H16',
    'chunks with trailers',
    [head('POST /echo', CHUNKED), `2\r\n{}\r\n0\r\nX-Name: a\r\n\r\n${last('GET /echo?2')}`],
    [200, 200],
    /POST<\{\}>.*GET\?2</s,
  ],
  [
    'H17',
    'a length over the limit',
    [head('POST /echo', `${JSON_TYPE}Content-Length: 1001\r\n`)],
    [413],
    /connection: close.*LIMIT_EXCEEDED/s,
  ],
  [
    'H18',
    'chunks over the limit',
    [head('POST /echo', CHUNKED), `3e9\r\n${'x'.repeat(1_001)}\r\n`],
    [413],
    /connection: close.*LIMIT_EXCEEDED/s,
  ],
  [
    'H19',
    'letters that end in the next packet',
    [
      last('POST /echo', `${JSON_TYPE}Content-Length: 9\r\n`),
      LETTERS.subarray(0, 3),
      LETTERS.subarray(3, 7),
      LETTERS.subarray(7),
    ],
    [200],
    /POST<ë€😀>/,
  ],
  ['H20', 'a chunked body of nothing', [last('POST /echo', CHUNKED), '0\r\n\r\n'], [200], /POST<>/],
  [
    'H21',
    'who asks before he sends',
    [last('POST /echo', `${JSON_TYPE}Expect: 100-continue\r\nContent-Length: 2\r\n`), '{}'],
    [100, 200],
    /POST<\{\}>/,
    1,
  ],
  ['H22', 'something else that is expected', [last('GET /echo', 'Expect: tea\r\n')], [417], /^/, 0],
  [
    'H23',
    'another protocol that is asked for',
    [head('GET /echo', 'Connection: Upgrade, close\r\nUpgrade: websocket\r\n')],
    [200],
    /GET</,
  ],
  ['H24', 'HTTP/1.0', ['GET /echo HTTP/1.0\r\n\r\n'], [200], /connection: close/i],
  [
    'H25',
    'several at once, a slow one in front',
    [
      head('GET /held') +
        head('GET /releases') +
        head('GET /nothing') +
        head('GET /echo/%ff') +
        last('GET /echo?5'),
    ],
    [200, 200, 404, 400, 200],
    /first.*second.*GET\?5</s,
  ],
  ['H26', 'the whole server as target', [last('OPTIONS *')], [404], /NOT_FOUND/],
  ['H27', 'two slashes', [last('GET //echo')], [404], /NOT_FOUND/],
  ['H28', 'a slash and a zero byte in a name', [last('GET /echo/a%2f..%00')], [200], /id<a\/\.\.\0>/],
  [
    'H29',
    'a name that is too long',
    [last(`GET /echo/${'x'.repeat(101)}`)],
    [414],
    /x-request-id: .*LIMIT_EXCEEDED/s,
  ],
  [
    'H30',
    'two lengths',
    [head('POST /echo', `${JSON_TYPE}Content-Length: 2\r\nContent-Length: 3\r\n`)],
    [400],
    /BAD_REQUEST/,
    0,
  ],
  [
    'H31',
    'a preflight: what is asked for may be sent',
    [preflight('Access-Control-Request-Headers: a, b\r\n')],
    [204],
    /access-control-allow-headers: a, b\r\n/,
  ],
  [
    'H32',
    'a preflight that asks for no header',
    [preflight('')],
    [204],
    /^(?!.*allow-headers).*allow-methods: GET\r\n/s,
  ],
  [
    'H33',
    'a preflight that would write a header',
    [preflight('Access-Control-Request-Headers: a\rX-Evil: b\r\n')],
    [400],
    /^(?!.*evil)/is,
    0,
  ],
  [
    'H34',
    'a route that throws at once',
    [head('POST /throws', `${JSON_TYPE}Content-Length: 2\r\n`), `{}${last('GET /echo?2')}`],
    [500, 200],
    /INTERNAL.*GET\?2</s,
  ],
  [
    'H35',
    'a route that rejects',
    [head('GET /rejects') + last('GET /echo?2')],
    [500, 200],
    /INTERNAL.*GET\?2</s,
  ],
  [
    'H36',
    'a route that resolves to nothing',
    [head('GET /resolves-to-nothing') + last('GET /echo?2')],
    [500, 200],
    /INTERNAL.*GET\?2</s,
  ],
  [
    'H37',
    'a header that cannot be sent',
    [last('GET /header')],
    [500],
    /^HTTP\/1.1 500 Internal Server Error\r\n(?!.*evil)/s,
  ],
]
