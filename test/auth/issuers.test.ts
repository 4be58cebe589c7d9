import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ISSUER_TOKENS, SCOPE_CLAIMS } from '../cases/auth/issuer-tokens.ts'
import { startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { createTestClock } from '../support/test-clock.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const ADD = 'mutation { addBook(input: { title: "a", author: "b", cost: 1, numPages: 1 }) { addedBy } }'

test.each(ISSUER_TOKENS)('$id accepts a token of $title', async (row) => {
  const auditLog = join(createTemporaryFolder(), 'audit.log')
  const { origin } = new URL(issuer.url)
  const settings = Object.entries(row.settings).map(([name, value]) => [
    name,
    value.replace('{origin}', origin),
  ])
  const service = await startService(
    { ...Object.fromEntries(settings), AUDIT_LOG: auditLog },
    { issuerUrl: row.settings.OKTA_ISSUER.replace('{origin}', origin) },
  )
  const { iat, exp } = issuer.claims
  const claims = { iat, exp, ...row.createClaims(origin) }
  const reply = await service.graphql(ADD, await issuer.signToken({}, row.header, JSON.stringify(claims)))
  await service.close()
  const { subject, client, tokenId } = row.caller
  expect(reply.json).toEqual({ data: { addBook: { addedBy: subject } } })
  const entry = JSON.parse(readFileSync(auditLog, 'utf8'))
  expect([entry.subject, entry.client, entry.tokenId]).toEqual([subject, client, tokenId])
})

test.each(SCOPE_CLAIMS)('$id answers $status to $title', async ({ scopeClaim, claims, status }) => {
  const settings = { OKTA_ISSUER: issuer.url, ...(scopeClaim !== undefined && { SCOPE_CLAIM: scopeClaim }) }
  const service = await startService(settings, { issuerUrl: issuer.url })
  const reply = await service.graphql('{ book(id: 1) { title } }', await issuer.signToken(claims))
  await service.close()
  expect(reply.status).toBe(status)
})

test('auth/I51 names an issuer with a trailing slash exactly, and its discovery document without a second slash', async () => {
  const { origin } = new URL(issuer.url)
  const settings = { OKTA_ISSUER: `${origin}/`, JWKS_URL: `${origin}/keys` }
  const service = await startService(settings, { issuerUrl: settings.OKTA_ISSUER })
  const metadata = await service.send(`${service.apiUrl}/.well-known/oauth-protected-resource`)
  const openApi = await service.send(`${service.apiUrl}/openapi.json`)
  await service.close()
  expect(JSON.parse(metadata.text).authorization_servers).toEqual([`${origin}/`])
  expect(openApi.text).toContain(`"${origin}/.well-known/openid-configuration"`)
})

test('auth/I50 fetches the keys from JWKS_URL alone', async () => {
  const before = { ...issuer.state }
  const settings = { OKTA_ISSUER: issuer.url, JWKS_URL: `${new URL(issuer.url).origin}/keys` }
  const service = await startService(settings, { issuerUrl: issuer.url, clock: createTestClock() })
  expect((await service.graphql('{ book(id: 1) { title } }', await issuer.signToken())).status).toBe(200)
  await service.close()
  expect(issuer.state.otherRequests).toBe(before.otherRequests + 1)
  expect(issuer.state.jwksRequests).toBe(before.jwksRequests)
})
