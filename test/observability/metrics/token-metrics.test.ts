import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CREDENTIAL_ERROR_DESCRIPTIONS } from '../../../src/errors/credential-errors.ts'
import { createDpopClient } from '../../support/dpop-client.ts'
import { measureGrowth } from '../../support/metric-growth.ts'
import { readMetric, type Service, sendRequest, startService } from '../../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../../support/stub-issuer.ts'

let issuer: StubIssuer
let service: Service
beforeAll(async () => {
  issuer = await startStubIssuer()
  service = await startService({}, { issuerUrl: issuer.url })
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})

const QUERY = '{ book(id: 1) { title } }'
const read = (name: string) => readMetric(service.apiUrl, name)
const growthOf = async (name: string, act: () => Promise<unknown>) =>
  (await measureGrowth(service.apiUrl, [name], act))[0]

test('counts verified tokens, cache hits and rejected credentials by reason', async () => {
  const token = await issuer.signToken({ jti: 'counted' })
  const query = () => service.graphql(QUERY, token)
  expect(await growthOf('fakebook_tokens_verified_total{scheme="Bearer"}', query)).toBe(1)
  expect(await growthOf('fakebook_token_cache_hits_total', query)).toBe(1)
  const rejected = (reason: string) => `fakebook_credentials_refused_total{reason="${reason}"}`
  const queryExpired = async () => service.graphql(QUERY, await issuer.signToken({ exp: 1 }))
  expect(await growthOf(rejected('expired'), queryExpired)).toBe(1)
  const client = await createDpopClient()
  const boundToken = await issuer.signToken({ cnf: { jkt: client.jkt } })
  const url = `${service.apiUrl}/books/1`
  const dpop = await client.createProof({ url, method: 'GET', token: boundToken })
  const sendProof = () => sendRequest(url, { headers: { authorization: `DPoP ${boundToken}`, dpop } })
  expect(await growthOf('fakebook_tokens_verified_total{scheme="DPoP"}', sendProof)).toBe(1)
  expect(await growthOf(rejected('proof_replayed'), sendProof)).toBe(1)
  const queryUnknownKey = async () => service.graphql(QUERY, await issuer.signToken({}, { kid: 'outsider' }))
  expect(await growthOf(rejected('unknown_kid'), queryUnknownKey)).toBe(1)
})

test('exports key fetches by outcome, the number of keys and their age', async () => {
  expect(await read('fakebook_key_fetches_total{outcome="ok"}')).toBe(1)
  expect(await read('fakebook_key_fetches_total{outcome="failed"}')).toBe(0)
  expect(await read('fakebook_keys')).toBe(1)
  expect(await read('fakebook_keys_age_seconds')).toBeGreaterThan(0)
  expect(JSON.parse((await sendRequest(`${service.apiUrl}/readyz`)).text)).toEqual({
    status: 'ready',
    store: { up: true },
    keys: { up: true, count: 1, ageSeconds: expect.any(Number) },
  })
})

test('takes no label value from a token: the reasons are those of the source', async () => {
  const claims = { sub: 'outsider', cid: 'outsider' }
  await service.graphql(QUERY, await issuer.signToken(claims, { kid: 'outsider' }))
  await service.graphql(QUERY, 'outsider.outsider.outsider')
  await sendRequest(`${service.apiUrl}/outsider`)
  const { text } = await sendRequest(`${service.apiUrl}/metrics`)
  expect(text).not.toContain('outsider')
  const reasons = new Set([...text.matchAll(/reason="([^"]*)"/g)].map(([, reason]) => reason))
  expect(reasons).toEqual(new Set([...Object.keys(CREDENTIAL_ERROR_DESCRIPTIONS), 'unavailable']))
})
