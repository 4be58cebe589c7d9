import { existsSync, ReadStream, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { exchangeBytes, startRecordedServer } from '../support/http/recorded-server.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { waitUntil } from '../support/wait-until.ts'

const folder = createTemporaryFolder()
/** More than the socket buffers hold. */
const LARGE_BYTES = 20_000_000
let server: Awaited<ReturnType<typeof startRecordedServer>>
beforeAll(async () => {
  for (const [name, text] of [
    ['a.js', 'plain'],
    ['a.js.gz', 'gzip'],
    ['deleted.js', 'deleted'],
    ['large.js', 'x'.repeat(LARGE_BYTES)],
  ] as const)
    writeFileSync(join(folder, name), text)
  server = await startRecordedServer({ routes: [], folder })
  rmSync(join(folder, 'deleted.js'))
})
afterAll(() => server.server.close())

const get = (target: string, headers = '', method = 'GET') =>
  `${method} ${target} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`
const LAST = get('/healthz', 'Connection: close\r\n')
const UP = /HTTP\/1\.1 200 OK\r\n[^{]*\{"status":"up"\}$/

type FileRequest = {
  readonly id: string
  readonly title: string
  readonly bytes: string
  readonly status: number
  readonly shows: RegExp
}

const FILE_REQUESTS: readonly FileRequest[] = [
  {
    id: 'http/H40',
    title: 'ignores a range that ends before it begins',
    bytes: get('/files/a.js', 'Range: bytes=5-3\r\n'),
    status: 200,
    shows: /plain/,
  },
  {
    id: 'http/H41',
    title: 'ignores a suffix range',
    bytes: get('/files/a.js', 'Range: bytes=-2\r\n'),
    status: 200,
    shows: /length: 5\r.*plain/is,
  },
  {
    id: 'http/H42',
    title: 'sends gzip when br has weight 0',
    bytes: get('/files/a.js', 'Accept-Encoding: br;q=0, gzip\r\n'),
    status: 200,
    shows: /\r\ngzip/,
  },
  {
    id: 'http/H43',
    title: 'sends the plain file when gzip has weight 0',
    bytes: get('/files/a.js', 'Accept-Encoding: gzip; q=0.0\r\n'),
    status: 200,
    shows: /\r\nplain/,
  },
  {
    id: 'http/H44',
    title: 'sends gzip for any coding',
    bytes: get('/files/a.js', 'Accept-Encoding: *\r\n'),
    status: 200,
    shows: /\r\ngzip/,
  },
  {
    id: 'http/H45',
    title: 'sends gzip when all others have weight 0',
    bytes: get('/files/a.js', 'Accept-Encoding: gzip, *;q=0\r\n'),
    status: 200,
    shows: /\r\ngzip/,
  },
  {
    id: 'http/H46',
    title: 'accepts an absolute URL as request target',
    bytes: get('http://x/files/a.js'),
    status: 200,
    shows: /plain/,
  },
  {
    id: 'http/H47',
    title: 'answers HEAD',
    bytes: get('/files/a.js', '', 'HEAD'),
    status: 200,
    shows: /length: 5\r[^<]*\r\n\r\nHTTP/i,
  },
  {
    id: 'http/H48',
    title: 'does not serve a file outside of the folder',
    bytes: get('/files/..%2f..%2fetc/passwd'),
    status: 404,
    shows: /NOT_FOUND/,
  },
  {
    id: 'http/H49',
    title: 'does not list the folder',
    bytes: get('/files/'),
    status: 404,
    shows: /NOT_FOUND/,
  },
  {
    id: 'http/H50',
    title: 'does not decode a name twice',
    bytes: get('/files/%2561.js%25'),
    status: 404,
    shows: /NOT_FOUND/,
  },
  {
    id: 'http/H51',
    title: 'answers 405 for another method',
    bytes: get('/files/a.js', '', 'POST'),
    status: 405,
    shows: /allow: GET, HEAD\r/,
  },
]
test.each(FILE_REQUESTS)('$id $title', async ({ bytes, status, shows }) => {
  const text = await exchangeBytes(server.open(), [bytes + LAST])
  expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(text).toMatch(shows)
  expect(text).toMatch(UP)
})

test('http/H52 answers 304 for a matching ETag', async () => {
  const tag = /etag: (\S+)/i.exec(await exchangeBytes(server.open(), [get('/files/a.js') + LAST]))?.[1]
  const again = await exchangeBytes(server.open(), [get('/files/a.js', `If-None-Match: ${tag}\r\n`) + LAST])
  expect(again).toMatch(/^HTTP\/1\.1 304 /)
})

test('http/H53 logs a file that cannot be read and closes only its connection', async () => {
  const { lines, open } = server
  lines.length = 0
  expect(await exchangeBytes(open(), [get('/files/deleted.js')])).not.toMatch(/deleted/)
  expect(lines).toEqual([{ level: 'error', line: expect.objectContaining({ code: 'ENOENT' }) }])
  expect(await exchangeBytes(open(), [LAST])).toMatch(UP)
})

test('http/H55 answers HEAD with the headers of GET, without reading the file', async () => {
  const read = jest.spyOn(ReadStream.prototype, '_read')
  async function requestFile(method: string) {
    read.mockClear()
    const text = await exchangeBytes(server.open(), [get('/files/a.js', 'Connection: close\r\n', method)])
    const [head = '', body] = text.split('\r\n\r\n')
    return { head: head.replace(/^(?:date|x-request-id): .*$/gim, ''), body, reads: read.mock.calls.length }
  }
  const ofGet = await requestFile('GET')
  expect(ofGet.body).toBe('plain')
  expect(ofGet.reads).toBeGreaterThan(0)
  expect(await requestFile('HEAD')).toEqual({ ...ofGet, body: '', reads: 0 })
  read.mockRestore()
})

const OPEN_FILES = '/proc/self/fd'
const countOpenFiles = () =>
  readdirSync(OPEN_FILES).filter((name) => {
    try {
      return readlinkSync(join(OPEN_FILES, name)).endsWith('large.js')
    } catch {
      return false
    }
  }).length

const onLinux = existsSync(OPEN_FILES) ? test : test.skip
onLinux('http/H54 closes the file when the client disconnects', async () => {
  const { open, events } = server
  events.length = 0
  const socket = open().pause()
  socket.write(get('/files/large.js'))
  await waitUntil(async () => countOpenFiles() === 1)
  socket.resetAndDestroy()
  await waitUntil(async () => countOpenFiles() === 0 && events.length === 1)
})
