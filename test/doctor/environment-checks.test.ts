// Checks of this machine (clock, Node, ports) and of the connection to the server.

import { once } from 'node:events'
import { createServer } from 'node:https'
import { type AddressInfo, Server } from 'node:net'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
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

const WRONG_ISSUERS: readonly {
  readonly id: string
  readonly title: string
  readonly issuer: (okta: StubOkta) => string
  readonly expectedFindings: readonly string[]
}[] = [
  {
    id: 'doctor/D03a',
    title: 'reports the host of the Admin Console',
    issuer: () => 'https://dev-45134456-admin.okta.com/oauth2/default',
    expectedFindings: ['D03a'],
  },
  {
    id: 'doctor/D03b',
    title: 'reports a host name that does not resolve',
    issuer: () => 'https://fakebook.invalid/oauth2/default',
    expectedFindings: ['D03b'],
  },
  {
    id: 'doctor/D03g',
    title: 'reports https for a server without TLS',
    issuer: ({ url }) => url.replace('http:', 'https:'),
    expectedFindings: ['D03g'],
  },
  {
    id: 'doctor/D04a',
    title: 'reports the org authorization server',
    issuer: ({ origin }) => origin,
    expectedFindings: ['D04a'],
  },
  {
    id: 'doctor/D04a-v1',
    title: 'reports an endpoint path of the org authorization server',
    issuer: ({ origin }) => `${origin}/oauth2/v1`,
    expectedFindings: ['D04a'],
  },
  {
    id: 'doctor/D04a-document',
    title: 'reports the discovery document of the org authorization server',
    issuer: ({ origin }) => `${origin}/.well-known/openid-configuration`,
    expectedFindings: ['D04a'],
  },
  {
    id: 'doctor/D04b-token',
    title: 'reports the token endpoint as issuer',
    issuer: ({ url }) => `${url}/v1/token`,
    expectedFindings: ['D04b'],
  },
  {
    id: 'doctor/D04b-document',
    title: 'reports the discovery document as issuer',
    issuer: ({ url }) => `${url}/.well-known/openid-configuration`,
    expectedFindings: ['D04b'],
  },
  {
    id: 'doctor/D04b-path',
    title: 'reports a path that does not start with /oauth2',
    issuer: ({ origin }) => `${origin}/oauth/default`,
    expectedFindings: ['D04b'],
  },
]
test.each(WRONG_ISSUERS)('$id $title', async ({ issuer, expectedFindings }) => {
  expect(problemIds(await checkOktaSetup({ url: issuer(okta) }))).toEqual(expectedFindings)
})

test('reports a refused connection (D03c)', async () => {
  const lines = await checkOktaSetup({ url: `http://localhost:${await findFreePort()}/oauth2/default` })
  expect(problemIds(lines)).toEqual(['D03c'])
})

test('reports an untrusted certificate (D03d)', async () => {
  const server = createServer(SELF_SIGNED_CERTIFICATE, (_, response) => response.end('{}')).listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(problemIds(await checkOktaSetup({ url: `https://localhost:${port}/oauth2/default` }))).toEqual([
    'D03d',
  ])
  server.close()
})

test('reports that the embedded server is not running (D03e)', async () => {
  const settings = { OKTA_ISSUER: '', ISSUER_PORT: String(await findFreePort()) }
  expect(problemIds(await checkOktaSetup(okta, settings))).toEqual(['D03e'])
})

test('reports a timeout (D03f)', async () => {
  okta.state.overrides = { discovery: { neverEnds: true } }
  expect(problemIds(await checkOktaSetup(okta, {}, { timeoutMs: 20 }))).toContain('D03f')
  okta.state.overrides = {}
})

const CLOCK_DIFFERENCES = [
  {
    id: 'doctor/D07a-ahead',
    title: 'reports a clock ahead of the issuer’s',
    direction: 'ahead of',
    ms: 95_000,
  },
  {
    id: 'doctor/D07a-behind',
    title: 'reports a clock behind the issuer’s',
    direction: 'behind',
    ms: -95_000,
  },
]
test.each(CLOCK_DIFFERENCES)('$id $title', async ({ direction, ms }) => {
  const clock = createTestClock()
  clock.shiftWallClock(ms)
  const line = (await checkOktaSetup(okta, {}, { clock })).find(({ check }) => check === 'clock')
  expect([line?.id, line?.found]).toEqual([
    'D07a',
    expect.stringMatching(new RegExp(`is 9\\d s ${direction} .*; the API tolerates 30 s\\.$`)),
  ])
})

test('tolerates a small clock difference and prints it', async () => {
  const clock = createTestClock()
  clock.shiftWallClock(20_000)
  const line = (await checkOktaSetup(okta, {}, { clock })).find(({ check }) => check === 'clock')
  expect(line).toMatchObject({ status: 'ok', found: expect.stringMatching(/s ahead of the issuer$/) })
})

test('reports an old Node (D01a)', async () => {
  expect(problemIds(await checkOktaSetup(okta, {}, { nodeVersion: '22.19.0' }))).toEqual(['D01a'])
})

test('reports a port that another program uses, but not one that this project uses (D19a)', async () => {
  const other = await startTcpServer(() => 'HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{"status":"down"}')
  const own = await startTcpServer(() => 'HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"status":"up"}')
  const [otherPort, ownPort] = [portOfServer(other), portOfServer(own)]
  const lines = await checkOktaSetup(okta, { WEBAPP_PORT: String(otherPort), PORT: String(ownPort) })
  expect(problemIds(lines)).toEqual(['D19a'])
  expect(lines.find(({ id }) => id === 'D19a')).toMatchObject({
    found: `Another program listens on ${otherPort} (WEBAPP_PORT).`,
    mend: expect.stringContaining(`WEBAPP_PORT=${otherPort + 1}`),
  })
  const withoutOther = await checkOktaSetup(okta, { PORT: String(ownPort) })
  expect(withoutOther.find(({ check }) => check === 'ports')?.found).toBe(
    `${ownPort} (PORT) used by this project`,
  )
  for (const server of [other, own]) server.close()
})

/** Makes every attempt to listen fail, for errors that depend on the machine or on its user. */
function failToListen(code: string) {
  return jest.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server) {
    process.nextTick(() => this.emit('error', Object.assign(new Error(`listen ${code}`), { code })))
    return this
  })
}

test('suggests a port below the last one if that is in use (D19a)', async () => {
  const listen = failToListen('EADDRINUSE')
  const lines = await checkOktaSetup(okta, { PORT: '65535' })
  listen.mockRestore()
  expect(lines.find(({ id }) => id === 'D19a')?.mend).toContain('PORT=65534.')
})

test('reports a port that needs privileges (D19b)', async () => {
  const listen = failToListen('EACCES')
  const lines = await checkOktaSetup(okta, { PORT: '443' })
  listen.mockRestore()
  expect(problemIds(lines)).toEqual(['D19b'])
  expect(lines.find(({ id }) => id === 'D19b')).toMatchObject({
    found: 'This process is not allowed to listen on 443 (PORT).',
    mend: 'Set a port above 1023, for example PORT=8080.',
  })
})

test.each(['10.99.99.99', 'fakebook.invalid'])(
  'reports that HOST=%s is not an address of this machine (D19c)',
  async (host) => {
    const lines = await checkOktaSetup(okta, { HOST: host, PORT: '60000' })
    expect(problemIds(lines)).toEqual(['D19c'])
    expect(lines.find(({ id }) => id === 'D19c')?.found).toContain(
      `HOST ${host} is not an address of this machine`,
    )
  },
)
