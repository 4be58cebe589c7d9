import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { type Service, startService } from '../service.ts'
import { browser } from './browser.ts'

const REDIRECT = 'http://localhost:7001/callback'
const VERIFIER = 'a-verifier-of-forty-three-characters-or-more-0'
const SCOPE = 'openid offline_access fakebookapi.read'
const SECRET = { authorization: `Basic ${btoa('fakebook-webapp:fakebook-webapp-secret')}` }

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const authorize = (changes: Record<string, string> = {}) =>
  `${service.issuer}/v1/authorize?${new URLSearchParams({
    client_id: 'fakebook-webapp',
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: SCOPE,
    state: 's1',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  })}`

async function token(parameters: Record<string, string>) {
  const body = new URLSearchParams(parameters)
  const response = await fetch(`${service.issuer}/v1/token`, { method: 'POST', headers: SECRET, body })
  return { status: response.status, json: (await response.json()) as Record<string, string> }
}

async function signIn(): Promise<Record<string, string>> {
  const visit = browser(service.issuer)
  const { at } = await visit(authorize())
  const form = new URLSearchParams({ login: 'agatha@example.com', password: 'roger-ackroyd' })
  const end = await visit(at, { method: 'POST', body: form })
  return Object.fromEntries(new URL(end.at).searchParams)
}

const exchange = (code = '', code_verifier = VERIFIER) =>
  token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier })

test('a person signs in, and the token reads the books', async () => {
  const { code, state } = await signIn()
  expect(state).toBe('s1')
  const { json } = await exchange(code)
  expect(json).toMatchObject({
    token_type: 'Bearer',
    expires_in: 3600,
    scope: SCOPE,
    id_token: expect.any(String),
  })
  const claims = decodeJwt(json.access_token ?? '')
  expect(claims).toEqual({
    ver: 1,
    jti: expect.stringMatching(/^AT\./),
    iss: service.issuer,
    aud: 'api://default',
    iat: expect.any(Number),
    exp: Number(claims.iat) + 3600,
    cid: 'fakebook-webapp',
    uid: '00u1agatha',
    scp: SCOPE.split(' '),
    auth_time: expect.any(Number),
    sub: 'agatha@example.com',
  })
  expect((await service.graphql('{ books { id } }', json.access_token)).status).toBe(200)
  expect((await service.graphql('{ books { addedBy } }', json.access_token)).status).toBe(403)
  expect((await service.graphql('{ books { id } }', json.id_token)).status).toBe(401)
})

test('a refresh token is good once; used again it ends the family', async () => {
  const first = await exchange((await signIn()).code)
  const refresh = (refresh_token = '') => token({ grant_type: 'refresh_token', refresh_token })
  const second = await refresh(first.json.refresh_token)
  expect(second.status).toBe(200)
  expect(decodeJwt(second.json.access_token ?? '')).toMatchObject({
    scp: SCOPE.split(' '),
    uid: '00u1agatha',
  })
  const refused = {
    status: 400,
    json: { error: 'invalid_grant', error_description: 'The refresh token is invalid or expired.' },
  }
  expect(await refresh(first.json.refresh_token)).toEqual(refused)
  expect(await refresh(second.json.refresh_token)).toEqual(refused)
})

test('a code is good once, and for its verifier alone', async () => {
  const { code } = await signIn()
  expect((await exchange(code)).status).toBe(200)
  expect((await exchange(code)).json).toEqual({
    error: 'invalid_grant',
    error_description: 'The authorization code is invalid or has expired.',
  })
  expect((await exchange((await signIn()).code, `${VERIFIER}x`)).json).toEqual({
    error: 'invalid_grant',
    error_description: 'PKCE verification failed.',
  })
})

test('a wrong password gets the form again; a request without PKCE or to a foreign address gets no code', async () => {
  const visit = browser(service.issuer)
  const { at, status, page } = await visit(authorize())
  expect([status, page]).toEqual([200, expect.stringContaining('<form method="post">')])
  const form = new URLSearchParams({ login: 'agatha@example.com', password: 'wrong' })
  const wrong = await visit(at, { method: 'POST', body: form })
  expect([wrong.status, wrong.page]).toEqual([401, expect.stringContaining('role="alert"')])
  const plain = await visit(authorize({ code_challenge: '', code_challenge_method: '' }))
  expect(new URL(plain.at).searchParams.get('error')).toBe('invalid_request')
  const foreign = await visit(authorize({ redirect_uri: 'http://localhost:9/callback' }))
  expect([foreign.status, new URL(foreign.at).origin]).toEqual([400, new URL(service.issuer).origin])
  expect(foreign.page).not.toMatch(/https?:|<script|@import/)
})
