// This machine: its clock, Node and ports; and the way to the server.

import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { looked, notWell } from '../support/doctor/check-okta-setup.ts'
import { type ScriptedOkta, scriptedOkta } from '../support/doctor/stub-okta.ts'
import { SELF_SIGNED } from '../support/self-signed-certificate.ts'
import { closedPort, listening, portOf } from '../support/tcp-server.ts'
import { testClock } from '../support/test-clock.ts'

let okta: ScriptedOkta
beforeAll(async () => {
  okta = await scriptedOkta()
})
afterAll(() => okta.close())

const ADDRESSES: readonly (readonly [id: string, issuer: (okta: ScriptedOkta) => string, finds: string[]])[] =
  [
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
  expect(notWell(await looked({ url: issuer(okta) }))).toEqual(finds)
})

test('D03c nobody answers', async () => {
  const lines = await looked({ url: `http://localhost:${await closedPort()}/oauth2/default` })
  expect(notWell(lines)).toEqual(['D03c'])
})

test('D03d a certificate that nobody vouches for', async () => {
  const server = createServer(SELF_SIGNED, (_, response) => response.end('{}')).listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(notWell(await looked({ url: `https://localhost:${port}/oauth2/default` }))).toEqual(['D03d'])
  server.close()
})

test('D03e the embedded server is not running', async () => {
  const settings = { OKTA_ISSUER: '', ISSUER_PORT: String(await closedPort()) }
  expect(notWell(await looked(okta, settings))).toEqual(['D03e'])
})

test('D03f a server that takes its time is not waited for', async () => {
  okta.state.script = { discovery: { hangs: true } }
  expect(notWell(await looked(okta, {}, { timeoutMs: 20 }))).toContain('D03f')
  okta.state.script = {}
})

test.each([
  ['ahead of', 95_000],
  ['behind', -95_000],
])('D07a a clock that is %s the issuer’s', async (direction, milliseconds) => {
  const clock = testClock()
  clock.skew(milliseconds)
  const line = (await looked(okta, {}, { clock })).find(({ check }) => check === 'clock')
  expect([line?.id, line?.found]).toEqual([
    'D07a',
    expect.stringMatching(new RegExp(`is 9\\d s ${direction} `)),
  ])
})

test('a clock that is a little off is let pass, and told', async () => {
  const clock = testClock()
  clock.skew(20_000)
  const line = (await looked(okta, {}, { clock })).find(({ check }) => check === 'clock')
  expect(line).toMatchObject({ status: 'ok', found: expect.stringMatching(/s ahead of the issuer$/) })
})

test('D01a an old Node', async () => {
  expect(notWell(await looked(okta, {}, { nodeVersion: '22.19.0' }))).toEqual(['D01a'])
})

test('D19a a port in use by something else; the port of ours is known', async () => {
  const taken = await listening(() => 'HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{"status":"down"}')
  const ours = await listening(() => 'HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"status":"up"}')
  const wrongly = await looked(okta, { WEBAPP_PORT: String(portOf(taken)), PORT: String(portOf(ours)) })
  expect(notWell(wrongly)).toEqual(['D19a'])
  expect(wrongly.find(({ id }) => id === 'D19a')).toMatchObject({
    found: `Something else listens on ${portOf(taken)} (WEBAPP_PORT).`,
    mend: expect.stringContaining(`WEBAPP_PORT=${portOf(taken) + 1}`),
  })
  const rightly = await looked(okta, { PORT: String(portOf(ours)) })
  expect(rightly.find(({ check }) => check === 'ports')?.found).toBe(`${portOf(ours)} (PORT) ours already`)
  for (const server of [taken, ours]) server.close()
})

test('D19b an address that is not of this machine', async () => {
  expect(notWell(await looked(okta, { HOST: '192.0.2.1', PORT: String(await closedPort()) }))).toEqual([
    'D19b',
  ])
})
