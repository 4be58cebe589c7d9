import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CREDENTIAL_ERROR_DESCRIPTIONS } from '../../../src/errors/credential-errors.ts'
import { createDpopClient } from '../../support/dpop-client.ts'
import { readMetric, type Service, sendRequest, startService } from '../../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../../support/stub-issuer.ts'

let issuer: StubIssuer
let service: Service
beforeAll(async () => {
  issuer = await startStubIssuer()
  service = await startService({}, issuer.url)
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})

const QUERY = '{ book(id: 1) { title } }'
const numberOf = (name: string) => readMetric(service.apiUrl, name)
/** By how much a number grows while something is done. */
async function growth(name: string, act: () => Promise<unknown>): Promise<number> {
  const before = await numberOf(name)
  await act()
  return (await numberOf(name)) - before
}

test('what is verified, remembered and refused is counted, and why', async () => {
  const token = await issuer.signToken({ jti: 'counted' })
  const ask = () => service.graphql(QUERY, token)
  expect(await growth('fakebook_tokens_verified_total{scheme="Bearer"}', ask)).toBe(1)
  expect(await growth('fakebook_token_cache_hits_total', ask)).toBe(1)
  const refused = (reason: string) => `fakebook_credentials_refused_total{reason="${reason}"}`
  const expired = async () => service.graphql(QUERY, await issuer.signToken({ exp: 1 }))
  expect(await growth(refused('expired'), expired)).toBe(1)
  const client = await createDpopClient()
  const bound = await issuer.signToken({ cnf: { jkt: client.jkt } })
  const dpop = await client.createProof({ url: `${service.apiUrl}/books/1`, method: 'GET', token: bound })
  const prove = () =>
    sendRequest(`${service.apiUrl}/books/1`, { headers: { authorization: `DPoP ${bound}`, dpop } })
  expect(await growth('fakebook_tokens_verified_total{scheme="DPoP"}', prove)).toBe(1)
  expect(await growth(refused('proof_replayed'), prove)).toBe(1)
  const unknown = async () => service.graphql(QUERY, await issuer.signToken({}, { kid: 'outsider' }))
  expect(await growth(refused('unknown_kid'), unknown)).toBe(1)
})

test('fetches of the keys, their failures, their number and their age', async () => {
  expect(await numberOf('fakebook_key_fetches_total{outcome="ok"}')).toBe(1)
  expect(await numberOf('fakebook_key_fetches_total{outcome="failed"}')).toBe(0)
  expect(await numberOf('fakebook_keys')).toBe(1)
  expect(await numberOf('fakebook_keys_age_seconds')).toBeGreaterThan(0)
  expect(JSON.parse((await sendRequest(`${service.apiUrl}/readyz`)).text)).toEqual({
    status: 'ready',
    store: { up: true },
    keys: { up: true, count: 1, ageSeconds: expect.any(Number) },
  })
})

test('labels are the closed lists of the source: nothing that somebody sends becomes one', async () => {
  await service.graphql(
    QUERY,
    await issuer.signToken({ sub: 'outsider', cid: 'outsider' }, { kid: 'outsider' }),
  )
  await service.graphql(QUERY, 'outsider.outsider.outsider')
  await sendRequest(`${service.apiUrl}/outsider`)
  const { text } = await sendRequest(`${service.apiUrl}/metrics`)
  expect(text).not.toContain('outsider')
  const labels = new Set([...text.matchAll(/reason="([^"]*)"/g)].map(([, value]) => value))
  expect(labels).toEqual(new Set([...Object.keys(CREDENTIAL_ERROR_DESCRIPTIONS), 'unavailable']))
})
