// Files that never change, and requests for them that mean harm.

import { existsSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTemporaryFolder } from '../support/cli-process.ts'
import { exchangeBytes, startRecordedServer } from '../support/http/recorded-server.ts'
import { waitUntil } from '../support/wait-until.ts'

const folder = createTemporaryFolder()
/** More than the system takes from a server whose client reads nothing. */
const LARGE_BYTES = 20_000_000
let server: Awaited<ReturnType<typeof startRecordedServer>>
beforeAll(async () => {
  for (const [name, text] of [
    ['a.js', 'plain'],
    ['a.js.br', 'brotli'],
    ['a.js.gz', 'gzip'],
    ['gone.js', 'gone'],
    ['large.js', 'x'.repeat(LARGE_BYTES)],
  ] as const)
    writeFileSync(join(folder, name), text)
  server = await startRecordedServer({ routes: [], folder })
  rmSync(join(folder, 'gone.js'))
})
afterAll(() => server.server.close())

const get = (target: string, headers = '', method = 'GET') =>
  `${method} ${target} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`
const LAST = get('/healthz', 'Connection: close\r\n')
const UP = /HTTP\/1\.1 200 OK\r\n[^{]*\{"status":"up"\}$/

const ROWS: readonly (readonly [id: string, what: string, bytes: string, status: number, shows: RegExp])[] = [
  ['H40', 'a range that ends before it begins', get('/files/a.js', 'Range: bytes=5-3\r\n'), 200, /plain/],
  ['H41', 'the last bytes', get('/files/a.js', 'Range: bytes=-2\r\n'), 200, /length: 5\r.*plain/is],
  ['H42', 'br is refused', get('/files/a.js', 'Accept-Encoding: br;q=0, gzip\r\n'), 200, /\r\ngzip/],
  ['H43', 'gzip is refused', get('/files/a.js', 'Accept-Encoding: gzip; q=0.0\r\n'), 200, /\r\nplain/],
  ['H44', 'anything is taken', get('/files/a.js', 'Accept-Encoding: *\r\n'), 200, /\r\nbrotli/],
  [
    'H45',
    'anything else is refused',
    get('/files/a.js', 'Accept-Encoding: gzip, *;q=0\r\n'),
    200,
    /\r\ngzip/,
  ],
  ['H46', 'a whole address', get('http://x/files/a.js'), 200, /plain/],
  ['H47', 'HEAD', get('/files/a.js', '', 'HEAD'), 200, /length: 5\r[^<]*\r\n\r\nHTTP/i],
  ['H48', 'a file above', get('/files/..%2f..%2fetc/passwd'), 404, /NOT_FOUND/],
  ['H49', 'the folder', get('/files/'), 404, /NOT_FOUND/],
  ['H50', 'a name that is encoded twice', get('/files/%2561.js%25'), 404, /NOT_FOUND/],
  ['H51', 'another method', get('/files/a.js', '', 'POST'), 404, /NOT_FOUND/],
]
test.each(ROWS)('%s %s', async (_, __, bytes, status, shows) => {
  const text = await exchangeBytes(server.open(), [bytes + LAST])
  expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(text).toMatch(shows)
  expect(text).toMatch(UP)
})

test('H52 who has the file already is not sent it again', async () => {
  const tag = /etag: (\S+)/i.exec(await exchangeBytes(server.open(), [get('/files/a.js') + LAST]))?.[1]
  const again = await exchangeBytes(server.open(), [get('/files/a.js', `If-None-Match: ${tag}\r\n`) + LAST])
  expect(again).toMatch(/^HTTP\/1\.1 304 /)
})

test('H53 a file that cannot be read is logged, and breaks its own connection alone', async () => {
  const { lines, open } = server
  lines.length = 0
  expect(await exchangeBytes(open(), [get('/files/gone.js')])).not.toMatch(/gone/)
  expect(lines).toEqual([{ level: 'error', line: expect.objectContaining({ code: 'ENOENT' }) }])
  expect(await exchangeBytes(open(), [LAST])).toMatch(UP)
})

const OPEN_FILES = '/proc/self/fd'
const opened = () =>
  readdirSync(OPEN_FILES).filter((name) => {
    try {
      return readlinkSync(join(OPEN_FILES, name)).endsWith('large.js')
    } catch {
      return false
    }
  }).length

const onLinux = existsSync(OPEN_FILES) ? test : test.skip
onLinux('H54 a file is closed when its client goes away in the middle', async () => {
  const { open, events } = server
  events.length = 0
  const socket = open().pause()
  socket.write(get('/files/large.js'))
  await waitUntil(async () => opened() === 1)
  socket.resetAndDestroy()
  await waitUntil(async () => opened() === 0 && events.length === 1)
})
