import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createGrantStore } from '../../../src/clients/webapp/grant-store.ts'
import { createOidcClient } from '../../../src/clients/webapp/oidc-client.ts'
import { type Database, openDatabase } from '../../../src/database/database.ts'
import { createEncryptedStore } from '../../../src/database/encrypted-store.ts'
import { AGATHA } from '../../support/demo-accounts.ts'
import { createTestClock } from '../../support/test-clock.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'

const HOUR_MS = 3_600_000
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

/** Creates a grant with tokens of the embedded authorization server. */
async function createGrant(scopes: readonly string[] = SCOPES) {
  const clock = createTestClock()
  const oidcClient = createOidcClient({
    issuer: site.issuerUrl,
    client: { id: 'fakebook-webapp', secret: 'fakebook-webapp-secret' },
    getRedirectUri: () => `${site.url}/callback`,
  })
  const grants = createGrantStore({
    oidcClient,
    stores: createEncryptedStore(database, ['a secret of thirty-two characters or more'], clock.now),
    lifetimes: { idleMs: 7_200_000, sessionMs: 43_200_000 },
    now: clock.now,
  })
  const authorization = await oidcClient.startAuthorization(scopes, 'state123')
  const callback = await site.newClient().signInUntilCallback(AGATHA, authorization.url)
  const tokens = await oidcClient.exchangeCode(new URL(callback).search, authorization)
  const { id_token: idToken = '', refresh_token: refreshToken = '' } = tokens
  const id = await grants.create(tokens, idToken, scopes)
  return { clock, oidcClient, grants, id, refreshToken, tokens, idToken }
}

test('replaces an old token with the refreshed one instead of refreshing again', async () => {
  const { clock, grants, id } = await createGrant()
  const old = await grants.getAccessToken(id)
  await clock.advance(HOUR_MS)
  const refreshed = await grants.getAccessToken(id)
  expect(refreshed.token).not.toBe(old.token)
  expect((await grants.replaceRejectedToken(id, old)).token).toBe(refreshed.token)
  expect((await grants.replaceRejectedToken(id, refreshed)).token).not.toBe(refreshed.token)
})

test('revokes the tokens of a refresh that completes after the sign-out', async () => {
  const { clock, oidcClient, grants, id, refreshToken } = await createGrant()
  await clock.advance(HOUR_MS)
  const refreshing = grants.getAccessToken(id).catch((error) => error)
  // After one turn of the event loop the grant is read and the token request is pending.
  await new Promise((resolve) => setImmediate(resolve))
  expect(await grants.take(id)).toMatchObject({ refresh: refreshToken })
  expect(await refreshing).toMatchObject({ kind: 'signedOut' })
  await expect(grants.getAccessToken(id)).rejects.toMatchObject({ kind: 'signedOut' })
  await expect(oidcClient.refreshTokens(refreshToken)).rejects.toMatchObject({ kind: 'signedOut' })
})

test.each([
  { expiresIn: undefined, usableSeconds: 30 },
  { expiresIn: 40, usableSeconds: 20 },
  { expiresIn: 60, usableSeconds: 30 },
  { expiresIn: 90, usableSeconds: 45 },
  { expiresIn: 300, usableSeconds: 240 },
])(
  'uses a token with expires_in $expiresIn and no refresh token for $usableSeconds s',
  async ({ expiresIn, usableSeconds }) => {
    const scopes = ['openid', 'fakebookapi.read']
    const { clock, grants, tokens, idToken } = await createGrant(scopes)
    const response = Object.assign({}, tokens, { expiresIn: () => expiresIn })
    const id = await grants.create(response, idToken, scopes)
    const stepUpToken = await grants.saveStepUpToken(id, response, scopes)
    await clock.advance(usableSeconds * 1_000 - 1)
    expect((await grants.getAccessToken(id)).token).toBe(tokens.access_token)
    expect(await grants.getStepUpToken(id)).toEqual(stepUpToken)
    await clock.advance(1)
    await expect(grants.getAccessToken(id)).rejects.toMatchObject({ kind: 'signedOut' })
    expect(await grants.getStepUpToken(id)).toBeUndefined()
  },
)
