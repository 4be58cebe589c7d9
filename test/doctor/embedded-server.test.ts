// The embedded authorization server, set wrong in one way at a time.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startAuthorizationServer } from '../../src/authorization-server/server.ts'
import { checkOktaSetup, problemIds } from '../support/doctor/check-okta-setup.ts'

const API = 'http://localhost:4000'
const WEBAPP = 'http://localhost:7001'

/** The embedded server for these; each row has its own where it differs. */
const start = (changes: { audience?: string; scopes?: readonly string[]; redirect?: string } = {}) =>
  startAuthorizationServer({
    port: 0,
    dataFolder: undefined,
    log: { error: () => undefined },
    audience: changes.audience ?? 'api://default',
    scopes: changes.scopes ?? ['fakebookapi.read', 'fakebookapi.admin'],
    redirectUris: () => ({
      webapp: [changes.redirect ?? `${WEBAPP}/callback`],
      ide: [changes.redirect ?? `${API}/graphql`],
    }),
  })

const CLIENTS = {
  OKTA_CLIENT_ID: 'fakebook-cron',
  OKTA_CLIENT_SECRET: 'fakebook-cron-secret',
  WEBAPP_CLIENT_ID: 'fakebook-webapp',
  WEBAPP_CLIENT_SECRET: 'fakebook-webapp-secret',
  IDE_CLIENT_ID: 'fakebook-ide',
}

let right: Awaited<ReturnType<typeof start>>
beforeAll(async () => {
  right = await start()
})
afterAll(() => right.close())

test('set right: everything is looked at, and nothing is wrong', async () => {
  const lines = await checkOktaSetup(right, CLIENTS)
  expect(lines.filter(({ status }) => status !== 'ok')).toEqual([])
})

type Row = readonly [id: string, name: string, settings: Record<string, string>, finds: readonly string[]]

/** Settings that do not fit the server. Permanent numbers. */
const SETTINGS: readonly Row[] = [
  ['D09a-embedded', 'a client that there is not', { OKTA_CLIENT_ID: 'fakebook-corn' }, ['D09a']],
  ['D09b-embedded', 'a wrong secret', { OKTA_CLIENT_SECRET: 'fakebook-corn-secret' }, ['D09b']],
  [
    'D09d-embedded',
    'the web app as the job',
    { OKTA_CLIENT_ID: 'fakebook-webapp', OKTA_CLIENT_SECRET: 'fakebook-webapp-secret' },
    ['D09d'],
  ],
  [
    'D10a-embedded',
    'a client that needs DPoP',
    { OKTA_CLIENT_ID: 'fakebook-cron-dpop', OKTA_CLIENT_SECRET: 'fakebook-cron-dpop-secret' },
    ['D10a'],
  ],
  ['D13a-embedded', 'another audience', { OKTA_AUDIENCE: 'api://books' }, ['D13a']],
  ['D15a-embedded', 'a web app that there is not', { WEBAPP_CLIENT_ID: 'fakebook-webap' }, ['D15a', 'D16d']],
  ['D15b-embedded', 'a wrong secret of the web app', { WEBAPP_CLIENT_SECRET: 'fakebook-webapp' }, ['D15b']],
  ['D16a-embedded', 'another callback', { WEBAPP_REDIRECT_URI: `${WEBAPP}/callback/` }, ['D16a']],
  ['D17a-embedded', 'an IDE that there is not', { IDE_CLIENT_ID: 'fakebook-idea' }, ['D17a']],
  ['D17b-embedded', 'another address of the API', { API_URL: 'http://localhost:4001' }, ['D17b']],
  [
    'D17c-embedded',
    'a client with a secret as the IDE',
    { IDE_CLIENT_ID: 'fakebook-webapp', API_URL: API },
    ['D17b'],
  ],
]
test.each(SETTINGS)('%s %s', async (_id, _name, settings, finds) => {
  expect(problemIds(await checkOktaSetup(right, { ...CLIENTS, ...settings }))).toEqual(finds)
})

/** A server that does not fit the settings. */
const SERVERS = [
  ['D13a-server', 'it is for another API', { audience: 'api://books' }, ['D13a']],
  ['D11a-server', 'admin is not defined', { scopes: ['fakebookapi.read'] }, ['D11a']],
  ['D11a-none', 'none of the scopes is defined', { scopes: ['books.read'] }, ['D11a', 'D16b', 'D17e']],
  [
    'D16a-server',
    'the addresses of the apps are not registered',
    { redirect: 'http://localhost:9999/elsewhere' },
    ['D16a', 'D17b'],
  ],
] as const
test.each(SERVERS)('%s %s', async (_id, _name, changes, finds) => {
  const server = await start(changes)
  const lines = await checkOktaSetup(server, CLIENTS)
  await server.close()
  expect(problemIds(lines)).toEqual(finds)
})
