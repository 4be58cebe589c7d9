import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createGrantStore } from '../../../src/clients/webapp/grant-store.ts'
import { createOidcClient } from '../../../src/clients/webapp/oidc-client.ts'
import { type Database, openDatabase } from '../../../src/database/database.ts'
import { createEncryptedStore } from '../../../src/database/encrypted-store.ts'
import { AGATHA } from '../../support/demo-accounts.ts'
import { createTestClock } from '../../support/test-clock.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'

const HOUR = 3_600_000
const SCOPES = ['openid', 'fakebookapi.read', 'offline_access']

let site: Site
let database: Database
beforeAll(async () => {
  site = await startSite()
  database = await openDatabase('file::memory:')
})
afterAll(async () => {
  await database.destroy()
  await site.close()
})

/** A grant with real tokens, and the parts that look after it. */
async function signedIn() {
  const clock = createTestClock()
  const client = { id: 'fakebook-webapp', secret: 'fakebook-webapp-secret' }
  const issuer = createOidcClient({
    issuer: site.issuerUrl,
    client,
    getRedirectUri: () => `${site.url}/callback`,
  })
  const rooms = createEncryptedStore(database, 'a secret of thirty-two characters or more', clock.now)
  const grants = createGrantStore({
    oidcClient: issuer,
    stores: rooms,
    lifetimes: { idleMs: 7_200_000, sessionMs: 43_200_000 },
    now: clock.now,
  })
  const started = await issuer.startAuthorization(SCOPES)
  const back = await site.newClient().signInUntilCallback(AGATHA, started.url)
  const tokens = await issuer.exchangeCode(new URL(back).search, started)
  const { idToken = '', subject = '', refreshToken = '' } = tokens
  const id = await grants.create({ ...tokens, idToken, subject }, SCOPES)
  return { clock, issuer, grants, id, refreshToken }
}

test('whoever comes with a token that was renewed meanwhile gets the new one, not another', async () => {
  const { clock, grants, id } = await signedIn()
  const old = await grants.getAccessToken(id)
  await clock.advance(HOUR)
  const renewed = await grants.getAccessToken(id)
  expect(renewed.token).not.toBe(old.token)
  expect((await grants.replaceRejectedToken(id, old)).token).toBe(renewed.token)
  expect((await grants.replaceRejectedToken(id, renewed)).token).not.toBe(renewed.token)
})

test('signing out while a token is renewed: what comes then is revoked, and nobody is signed in again by it', async () => {
  const { clock, issuer, grants, id, refreshToken } = await signedIn()
  await clock.advance(HOUR)
  const renewing = grants.getAccessToken(id).catch((error) => error)
  // It has read the grant by now, and waits for the issuer.
  await new Promise((resolve) => setImmediate(resolve))
  expect(await grants.take(id)).toMatchObject({ refresh: refreshToken })
  expect(await renewing).toMatchObject({ kind: 'signedOut' })
  await expect(grants.get(id)).rejects.toMatchObject({ kind: 'signedOut' })
  await expect(issuer.refreshTokens(refreshToken)).rejects.toMatchObject({ kind: 'signedOut' })
})
