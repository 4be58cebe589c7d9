import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { startTestAuthorizationServer } from '../support/authorization-server/start-test-authorization-server.ts'
import { createDpopClient } from '../support/dpop-client.ts'
import { READ_SCOPE, sendRequest } from '../support/service.ts'

let issuer: Awaited<ReturnType<typeof startTestAuthorizationServer>>
beforeAll(async () => {
  issuer = await startTestAuthorizationServer()
})
afterAll(() => issuer.close())

async function ask(id: string, dpop?: string) {
  const { status, text, headers } = await sendRequest(`${issuer.url}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${id}-secret`)}`, ...(dpop !== undefined && { dpop }) },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: READ_SCOPE }),
  })
  return { status, json: JSON.parse(text), nonce: headers.get('dpop-nonce') ?? undefined }
}

test('O10 no proof where one must be', async () => {
  expect(await ask('fakebook-cron-dpop')).toMatchObject({
    status: 400,
    json: { error: 'invalid_dpop_proof', error_description: 'The DPoP proof JWT header is missing.' },
  })
})

test('O11 no proof without a nonce; with it, a token that is bound to the key', async () => {
  const client = await createDpopClient()
  const proof = (nonce?: string) =>
    client.createProof({ url: `${issuer.url}/v1/token`, token: '', nonce, claims: { ath: undefined } })
  const first = await ask('fakebook-cron', await proof())
  expect(first).toMatchObject({
    status: 400,
    json: {
      error: 'use_dpop_nonce',
      error_description: 'Authorization server requires nonce in DPoP proof.',
    },
  })
  const { status, json } = await ask('fakebook-cron', await proof(first.nonce))
  expect([status, json.token_type, decodeJwt(json.access_token).cnf]).toEqual([
    200,
    'DPoP',
    { jkt: client.jkt },
  ])
})
