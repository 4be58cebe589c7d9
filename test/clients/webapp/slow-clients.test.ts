import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from '@jest/globals'
import { createTestClock } from '../../support/test-clock.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
const LAST = GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')
const GET_STYLE = GET.replace('/', '/style.css')

let site: Site
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await site.close()
})

function open(): Socket {
  const socket = connect(Number(new URL(site.url).port), '127.0.0.1').on('error', () => undefined)
  sockets.push(socket)
  return socket
}
/** Returns what the server sends until it closes the connection; empty if it closes it without a response. */
async function exchange(bytes: string): Promise<string> {
  const socket = open()
  socket.write(bytes)
  return text(socket).catch(() => '')
}
const homeStatus = async () => (await site.newClient().request('/')).status

test('webapp/M01 closes a connection that sends thousands of requests before it reads a response', async () => {
  site = await startSite()
  expect(await exchange(GET.repeat(5_000) + LAST)).toBe('')
  expect(await homeStatus()).toBe(200)
})

test('webapp/M02 closes the connection that holds the most bytes of pipelined requests, above BUFFER_LIMIT', async () => {
  site = await startSite({ webappSettings: { BUFFER_LIMIT: '262144' } })
  expect(await exchange(GET.repeat(90) + LAST)).toBe('')
  expect(await homeStatus()).toBe(200)
})

test('webapp/M03 closes a connection that has not taken its response after SEND_TIMEOUT', async () => {
  const clock = createTestClock()
  site = await startSite({ clock, webappSettings: { SEND_TIMEOUT: '10000', IN_FLIGHT_LIMIT: '100000' } })
  const socket = open().pause()
  let sent = 0
  // The operating system takes some megabytes; the last 30 requests of the loop wait behind an unsent response.
  for (; !socket.destroyed && sent < 6_000; sent += 3) {
    socket.write(GET_STYLE.repeat(3))
    expect(await homeStatus()).toBe(200)
    await clock.advance(1_000)
  }
  expect(sent).toBeLessThan(6_000)
})

test.each([
  { id: 'webapp/M04', count: 100, status: 200 },
  { id: 'webapp/M05', count: 101, status: 431 },
])('$id answers a request with $count headers with $status', async ({ count, status }) => {
  site = await startSite()
  const headers = Array.from({ length: count - 2 }, (_, i) => `x-${i}: y\r\n`).join('')
  expect(await exchange(LAST.replace('Connection', `${headers}Connection`))).toMatch(
    new RegExp(`^HTTP/1.1 ${status} `),
  )
})

test('webapp/M06 closes a connection that sends many small chunks, and takes as many in few', async () => {
  site = await startSite()
  const head =
    'POST /sign-out HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n'
  const form = `${head}Content-Type: application/x-www-form-urlencoded\r\n\r\n`
  expect(await exchange(`${form}${'1\r\nx\r\n'.repeat(1_100)}0\r\n\r\n`)).toBe('')
  expect(await exchange(`${form}44c\r\n${'x'.repeat(1_100)}\r\n0\r\n\r\n`)).toMatch(/^HTTP\/1.1 \d/)
})
