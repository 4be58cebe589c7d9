import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createGrants } from '../../../src/clients/webapp/grant-store.ts'
import { createIssuer } from '../../../src/clients/webapp/oidc-client.ts'
import { type Database, openDatabase } from '../../../src/database/database.ts'
import { createKeep } from '../../../src/database/encrypted-store.ts'
import { AGATHA } from '../../support/demo-accounts.ts'
import { testClock } from '../../support/test-clock.ts'
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
  const clock = testClock()
  const client = { id: 'fakebook-webapp', secret: 'fakebook-webapp-secret' }
  const issuer = createIssuer({ issuer: site.issuer, client, redirectUri: () => `${site.url}/callback` })
  const rooms = createKeep(database, 'a secret of thirty-two characters or more', clock.now)
  const grants = createGrants({
    issuer,
    rooms,
    lives: { idleMs: 7_200_000, sessionMs: 43_200_000 },
    now: clock.now,
  })
  const started = await issuer.begin(SCOPES)
  const back = await site.person().asFarAsCallback(AGATHA, started.url)
  const tokens = await issuer.finish(new URL(back).search, started)
  const { id: idToken = '', subject = '', refresh = '' } = tokens
  const id = await grants.begin({ ...tokens, id: idToken, subject }, SCOPES)
  return { clock, issuer, grants, id, refresh }
}

test('whoever comes with a token that was renewed meanwhile gets the new one, not another', async () => {
  const { clock, grants, id } = await signedIn()
  const old = await grants.everyday(id)
  await clock.pass(HOUR)
  const renewed = await grants.everyday(id)
  expect(renewed.token).not.toBe(old.token)
  expect((await grants.inPlaceOf(id, old)).token).toBe(renewed.token)
  expect((await grants.inPlaceOf(id, renewed)).token).not.toBe(renewed.token)
})

test('signing out while a token is renewed: what comes then is revoked, and nobody is signed in again by it', async () => {
  const { clock, issuer, grants, id, refresh } = await signedIn()
  await clock.pass(HOUR)
  const renewing = grants.everyday(id).catch((error) => error)
  // It has read the grant by now, and waits for the issuer.
  await new Promise((resolve) => setImmediate(resolve))
  expect(await grants.end(id)).toMatchObject({ refresh })
  expect(await renewing).toMatchObject({ kind: 'signedOut' })
  await expect(grants.read(id)).rejects.toMatchObject({ kind: 'signedOut' })
  await expect(issuer.refresh(refresh)).rejects.toMatchObject({ kind: 'signedOut' })
})
