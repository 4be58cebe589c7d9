import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from '../support/authorization-server/start-test-authorization-server.ts'

let issuer: TestAuthorizationServer
beforeAll(async () => {
  issuer = await startTestAuthorizationServer()
})
afterAll(() => issuer.close())

test('publishes exactly Okta’s endpoints, and serves each of them', async () => {
  const response = await fetch(`${issuer.url}/.well-known/openid-configuration`)
  const endpoints = Object.entries((await response.json()) as Record<string, unknown>).filter(([name]) =>
    /_endpoint$|_uri$/.test(name),
  )
  const paths = endpoints.map(([, url]) => String(url).slice(issuer.url.length)).sort()
  const names = ['authorize', 'introspect', 'keys', 'logout', 'revoke', 'token', 'userinfo']
  expect(paths).toEqual(names.map((name) => `/v1/${name}`))
  for (const path of paths) {
    const method = /token|introspect|revoke/.test(path) ? 'POST' : 'GET'
    expect([path, (await fetch(issuer.url + path, { method })).status]).not.toEqual([path, 404])
  }
})
