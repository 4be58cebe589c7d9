const request = (line: string, headers = '') => `${line}\r\nHost: localhost\r\n${headers}\r\n`
const LAST = request('GET / HTTP/1.1', 'Connection: close\r\n')

type WebappRawRequest = {
  readonly id: string
  readonly title: string
  readonly bytes: string
  /** The statuses of all responses until the connection is closed. */
  readonly statuses: readonly number[]
}

/** Unusual requests, byte by byte. A second request follows where the first must close the connection. */
export const WEBAPP_RAW_REQUESTS: readonly WebappRawRequest[] = [
  {
    id: 'webapp/M20',
    title: 'rejects two Host headers and closes the connection',
    bytes: request('GET / HTTP/1.1', 'Host: localhost\r\n') + LAST,
    statuses: [400],
  },
  {
    id: 'webapp/M21',
    title: 'closes a connection of HTTP/1.0 after a request with Transfer-Encoding',
    bytes: `${request('GET / HTTP/1.0', 'Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n')}0\r\n\r\n${LAST}`,
    statuses: [200],
  },
  {
    id: 'webapp/M22',
    title: 'ignores an unknown expectation',
    bytes: request('GET / HTTP/1.1', 'Expect: tea\r\nConnection: close\r\n'),
    statuses: [200],
  },
  {
    id: 'webapp/M23',
    title: 'rejects HTTP/0.9 and closes the connection',
    bytes: 'GET /\r\n\r\n',
    statuses: [505],
  },
  {
    id: 'webapp/M25',
    title: 'answers the request in front of one with two Host headers, and none behind it',
    bytes: request('GET / HTTP/1.1') + request('GET / HTTP/1.1', 'Host: localhost\r\n') + LAST,
    statuses: [200, 400],
  },
]
