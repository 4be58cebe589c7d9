// Runs doctor against the embedded authorization server, with one mistake at a time.

import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startAuthorizationServer } from '../../src/authorization-server/server.ts'
import { parseConfig } from '../../src/config/config.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { checkOktaSetup, problemIds } from '../support/doctor/check-okta-setup.ts'

const API = 'http://localhost:4000'
const WEBAPP = 'http://localhost:7001'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const PRIVATE_JWK = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k1' })

type ServerOptions = { audience?: string; scopes?: readonly string[]; redirectUri?: string }

const startServer = ({ audience, scopes, redirectUri }: ServerOptions = {}) =>
  startAuthorizationServer({
    port: 0,
    dataFolder: undefined,
    limits: parseConfig({}).http,
    log: { error: () => undefined },
    clock: systemClock,
    jobKeys: [{ ...publicKey.export({ format: 'jwk' }), kty: 'RSA', kid: 'k1' }],
    audience: audience ?? 'api://default',
    scopes: scopes ?? ['fakebookapi.read', 'fakebookapi.admin'],
    redirectUris: () => ({
      webapp: [redirectUri ?? `${WEBAPP}/callback`],
      ide: [redirectUri ?? `${API}/graphql`],
    }),
  })

const CLIENTS = {
  OKTA_CLIENT_ID: 'fakebook-cron',
  OKTA_CLIENT_SECRET: 'fakebook-cron-secret',
  WEBAPP_CLIENT_ID: 'fakebook-webapp',
  WEBAPP_CLIENT_SECRET: 'fakebook-webapp-secret',
  IDE_CLIENT_ID: 'fakebook-ide',
}

let server: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

test('passes every check of a correct set-up', async () => {
  const lines = await checkOktaSetup(server, CLIENTS)
  expect(lines.filter(({ status }) => status !== 'ok')).toEqual([])
})

test.each([
  { id: 'doctor/D09-jwk', key: PRIVATE_JWK, described: 'kid k1' },
  {
    id: 'doctor/D09-pem',
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    described: 'no kid',
  },
])('$id passes every check of a job with a private key: $described', async ({ key, described }) => {
  const lines = await checkOktaSetup(server, {
    ...CLIENTS,
    OKTA_CLIENT_ID: 'fakebook-cron-key',
    OKTA_CLIENT_SECRET: '',
    OKTA_CLIENT_PRIVATE_KEY: key,
  })
  expect(lines.filter(({ status }) => status !== 'ok')).toEqual([])
  expect(lines.find(({ id }) => id === 'D09')?.found).toBe(
    `the credentials of fakebook-cron-key are valid: a private key with ${described}`,
  )
})

/** Settings that do not match the server. Ids never change. */
const WRONG_SETTINGS: readonly {
  readonly id: string
  readonly title: string
  readonly settings: Record<string, string>
  readonly expectedFindings: readonly string[]
}[] = [
  {
    id: 'doctor/D09a-embedded',
    title: 'reports an unknown client',
    settings: { OKTA_CLIENT_ID: 'fakebook-corn' },
    expectedFindings: ['D09a'],
  },
  {
    id: 'doctor/D09b-embedded',
    title: 'reports a wrong secret',
    settings: { OKTA_CLIENT_SECRET: 'fakebook-corn-secret' },
    expectedFindings: ['D09b'],
  },
  {
    id: 'doctor/D09d-embedded',
    title: 'reports the client of the web app as the job',
    settings: { OKTA_CLIENT_ID: 'fakebook-webapp', OKTA_CLIENT_SECRET: 'fakebook-webapp-secret' },
    expectedFindings: ['D09d'],
  },
  {
    id: 'doctor/D10a-embedded',
    title: 'warns about a client that requires DPoP',
    settings: { OKTA_CLIENT_ID: 'fakebook-cron-dpop', OKTA_CLIENT_SECRET: 'fakebook-cron-dpop-secret' },
    expectedFindings: ['D10a'],
  },
  {
    id: 'doctor/D13a-embedded',
    title: 'reports another audience',
    settings: { OKTA_AUDIENCE: 'api://books' },
    expectedFindings: ['D13a'],
  },
  {
    id: 'doctor/D15a-embedded',
    title: 'reports an unknown web app',
    settings: { WEBAPP_CLIENT_ID: 'fakebook-webap' },
    expectedFindings: ['D15a', 'D16d'],
  },
  {
    id: 'doctor/D15b-embedded',
    title: 'reports a wrong secret of the web app',
    settings: { WEBAPP_CLIENT_SECRET: 'fakebook-webapp' },
    expectedFindings: ['D15b'],
  },
  {
    id: 'doctor/D16a-embedded',
    title: 'reports a redirect URI with a trailing slash',
    settings: { WEBAPP_REDIRECT_URI: `${WEBAPP}/callback/` },
    expectedFindings: ['D16a'],
  },
  {
    id: 'doctor/D17a-embedded',
    title: 'reports an unknown IDE',
    settings: { IDE_CLIENT_ID: 'fakebook-idea' },
    expectedFindings: ['D17a'],
  },
  {
    id: 'doctor/D17b-embedded',
    title: 'reports another URL of the API',
    settings: { API_URL: 'http://localhost:4001' },
    expectedFindings: ['D17b'],
  },
  {
    id: 'doctor/D17c-embedded',
    title: 'reports a client with a secret as the IDE',
    settings: { IDE_CLIENT_ID: 'fakebook-webapp', API_URL: API },
    expectedFindings: ['D17b'],
  },
]
test.each(WRONG_SETTINGS)('$id $title', async ({ settings, expectedFindings }) => {
  expect(problemIds(await checkOktaSetup(server, { ...CLIENTS, ...settings }))).toEqual(expectedFindings)
})

/** Servers that do not match the settings. Ids never change. */
const WRONG_SERVERS: readonly {
  readonly id: string
  readonly title: string
  readonly options: ServerOptions
  readonly expectedFindings: readonly string[]
}[] = [
  {
    id: 'doctor/D13a-server',
    title: 'reports a server for another API',
    options: { audience: 'api://books' },
    expectedFindings: ['D13a'],
  },
  {
    id: 'doctor/D11a-server',
    title: 'reports a missing scope',
    options: { scopes: ['fakebookapi.read'] },
    expectedFindings: ['D11a'],
  },
  {
    id: 'doctor/D11a-none',
    title: 'reports a server without the scopes of the API',
    options: { scopes: ['books.read'] },
    expectedFindings: ['D11a', 'D16b', 'D17e'],
  },
  {
    id: 'doctor/D16a-server',
    title: 'reports unregistered redirect URIs',
    options: { redirectUri: 'http://localhost:9999/elsewhere' },
    expectedFindings: ['D16a', 'D17b'],
  },
]
test.each(WRONG_SERVERS)('$id $title', async ({ options, expectedFindings }) => {
  const wrongServer = await startServer(options)
  const lines = await checkOktaSetup(wrongServer, CLIENTS)
  await wrongServer.close()
  expect(problemIds(lines)).toEqual(expectedFindings)
})
