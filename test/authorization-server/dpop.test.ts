import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { basicCredentials } from '../support/authorization-server/oauth-client.ts'
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from '../support/authorization-server/start-test-authorization-server.ts'
import { createDpopClient } from '../support/dpop-client.ts'
import { READ_SCOPE, sendRequest } from '../support/service.ts'

let issuer: TestAuthorizationServer
beforeAll(async () => {
  issuer = await startTestAuthorizationServer()
})
afterAll(() => issuer.close())

async function requestToken(clientId: string, dpop?: string) {
  const { status, text, headers } = await sendRequest(`${issuer.url}/v1/token`, {
    method: 'POST',
    headers: { ...basicCredentials(clientId), ...(dpop !== undefined && { dpop }) },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: READ_SCOPE }),
  })
  return { status, json: JSON.parse(text), nonce: headers.get('dpop-nonce') ?? undefined }
}

test('authorization-server/O10 rejects a client that requires DPoP without a proof', async () => {
  expect(await requestToken('fakebook-cron-dpop')).toMatchObject({
    status: 400,
    json: { error: 'invalid_dpop_proof', error_description: 'The DPoP proof JWT header is missing.' },
  })
})

test('authorization-server/O11 rejects a proof without a nonce, and binds the token to the key of one with a nonce', async () => {
  const client = await createDpopClient()
  const createProof = (nonce?: string) =>
    client.createProof({ url: `${issuer.url}/v1/token`, token: '', nonce, claims: { ath: undefined } })
  const first = await requestToken('fakebook-cron', await createProof())
  expect(first).toMatchObject({
    status: 400,
    json: {
      error: 'use_dpop_nonce',
      error_description: 'Authorization server requires nonce in DPoP proof.',
    },
  })
  const { status, json } = await requestToken('fakebook-cron', await createProof(first.nonce))
  expect([status, json.token_type, decodeJwt(json.access_token).cnf]).toEqual([
    200,
    'DPoP',
    { jkt: client.jkt },
  ])
})
