// This machine: its clock, Node and ports; and the way to the server.

import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { checkOktaSetup, problemIds } from '../support/doctor/check-okta-setup.ts'
import { type StubOkta, startStubOkta } from '../support/doctor/stub-okta.ts'
import { findFreePort } from '../support/free-port.ts'
import { SELF_SIGNED_CERTIFICATE } from '../support/self-signed-certificate.ts'
import { portOfServer, startTcpServer } from '../support/tcp-server.ts'
import { createTestClock } from '../support/test-clock.ts'

let okta: StubOkta
beforeAll(async () => {
  okta = await startStubOkta()
})
afterAll(() => okta.close())

const ADDRESSES: readonly (readonly [id: string, issuer: (okta: StubOkta) => string, finds: string[]])[] = [
  ['D03a', () => 'https://dev-45134456-admin.okta.com/oauth2/default', ['D03a']],
  ['D03b', () => 'https://fakebook.invalid/oauth2/default', ['D03b']],
  ['D03g', ({ url }) => url.replace('http:', 'https:'), ['D03g']],
  ['D04a', ({ origin }) => origin, ['D04a']],
  ['D04a-v1', ({ origin }) => `${origin}/oauth2/v1`, ['D04a']],
  ['D04a-document', ({ origin }) => `${origin}/.well-known/openid-configuration`, ['D04a']],
  ['D04b-token', ({ url }) => `${url}/v1/token`, ['D04b']],
  ['D04b-document', ({ url }) => `${url}/.well-known/openid-configuration`, ['D04b']],
  ['D04b-path', ({ origin }) => `${origin}/oauth/default`, ['D04b']],
]
test.each(ADDRESSES)('%s an address that is not that of a custom server', async (_, issuer, finds) => {
  expect(problemIds(await checkOktaSetup({ url: issuer(okta) }))).toEqual(finds)
})

test('D03c nobody answers', async () => {
  const lines = await checkOktaSetup({ url: `http://localhost:${await findFreePort()}/oauth2/default` })
  expect(problemIds(lines)).toEqual(['D03c'])
})

test('D03d a certificate that nobody vouches for', async () => {
  const server = createServer(SELF_SIGNED_CERTIFICATE, (_, response) => response.end('{}')).listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(problemIds(await checkOktaSetup({ url: `https://localhost:${port}/oauth2/default` }))).toEqual([
    'D03d',
  ])
  server.close()
})

test('D03e the embedded server is not running', async () => {
  const settings = { OKTA_ISSUER: '', ISSUER_PORT: String(await findFreePort()) }
  expect(problemIds(await checkOktaSetup(okta, settings))).toEqual(['D03e'])
})

test('D03f a server that takes its time is not waited for', async () => {
  okta.state.overrides = { discovery: { neverEnds: true } }
  expect(problemIds(await checkOktaSetup(okta, {}, { timeoutMs: 20 }))).toContain('D03f')
  okta.state.overrides = {}
})

test.each([
  ['ahead of', 95_000],
  ['behind', -95_000],
])('D07a a clock that is %s the issuer’s', async (direction, milliseconds) => {
  const clock = createTestClock()
  clock.shiftWallClock(milliseconds)
  const line = (await checkOktaSetup(okta, {}, { clock })).find(({ check }) => check === 'clock')
  expect([line?.id, line?.found]).toEqual([
    'D07a',
    expect.stringMatching(new RegExp(`is 9\\d s ${direction} `)),
  ])
})

test('a clock that is a little off is let pass, and told', async () => {
  const clock = createTestClock()
  clock.shiftWallClock(20_000)
  const line = (await checkOktaSetup(okta, {}, { clock })).find(({ check }) => check === 'clock')
  expect(line).toMatchObject({ status: 'ok', found: expect.stringMatching(/s ahead of the issuer$/) })
})

test('D01a an old Node', async () => {
  expect(problemIds(await checkOktaSetup(okta, {}, { nodeVersion: '22.19.0' }))).toEqual(['D01a'])
})

test('D19a a port in use by something else; the port of ours is known', async () => {
  const taken = await startTcpServer(() => 'HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{"status":"down"}')
  const ours = await startTcpServer(() => 'HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"status":"up"}')
  const wrongly = await checkOktaSetup(okta, {
    WEBAPP_PORT: String(portOfServer(taken)),
    PORT: String(portOfServer(ours)),
  })
  expect(problemIds(wrongly)).toEqual(['D19a'])
  expect(wrongly.find(({ id }) => id === 'D19a')).toMatchObject({
    found: `Something else listens on ${portOfServer(taken)} (WEBAPP_PORT).`,
    mend: expect.stringContaining(`WEBAPP_PORT=${portOfServer(taken) + 1}`),
  })
  const rightly = await checkOktaSetup(okta, { PORT: String(portOfServer(ours)) })
  expect(rightly.find(({ check }) => check === 'ports')?.found).toBe(
    `${portOfServer(ours)} (PORT) ours already`,
  )
  for (const server of [taken, ours]) server.close()
})

test('D19b an address that is not of this machine', async () => {
  expect(
    problemIds(await checkOktaSetup(okta, { HOST: '192.0.2.1', PORT: String(await findFreePort()) })),
  ).toEqual(['D19b'])
})
