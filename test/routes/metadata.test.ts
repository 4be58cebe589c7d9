import { afterEach, expect, test } from '@jest/globals'
import { PROOF_ALGORITHMS } from '../../src/auth/dpop-proof.ts'
import { ADMIN, READ, type Service, send, startService } from '../support/service.ts'

let service: Service
afterEach(() => service.close())

test('the protected resource’s metadata (RFC 9728) comes from the schema, and every challenge points to it', async () => {
  service = await startService()
  const url = `${service.api}/.well-known/oauth-protected-resource`
  const { status, text } = await send(url)
  expect([status, JSON.parse(text)]).toEqual([
    200,
    {
      resource: service.api,
      authorization_servers: [service.issuer],
      scopes_supported: [READ, ADMIN],
      bearer_methods_supported: ['header'],
      resource_name: 'FakeBook API',
      tls_client_certificate_bound_access_tokens: false,
      dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
      dpop_bound_access_tokens_required: false,
    },
  ])
  const refused = await service.graphql('{ books { id } }')
  expect(refused.headers.get('www-authenticate')).toBe(`Bearer resource_metadata="${url}"`)
})

test('a page from anywhere may read the metadata, and nothing else', async () => {
  service = await startService()
  const ask = (path: string, method: string) =>
    send(`${service.api}${path}`, {
      method,
      headers: {
        origin: 'https://example.com',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'mcp-protocol-version',
      },
    })
  const METADATA = '/.well-known/oauth-protected-resource'
  for (const [path, method, status, allowed] of [
    [METADATA, 'GET', 200, '*'],
    [METADATA, 'OPTIONS', 204, '*'],
    ['/graphql', 'OPTIONS', 404, null],
    ['/books', 'GET', 401, null],
    ['/books', 'OPTIONS', 404, null],
    ['/readyz', 'GET', 200, null],
    ['/metrics', 'OPTIONS', 404, null],
  ] as const) {
    const reply = await ask(path, method)
    expect([path, method, reply.status, reply.headers.get('access-control-allow-origin')]).toEqual([
      path,
      method,
      status,
      allowed,
    ])
  }
})

test('where the public URL has a path, the well-known name stands in front of it (RFC 9728 §3.1)', async () => {
  service = await startService({ API_URL: 'https://example.com/fakebook' })
  const challenge = (await service.graphql('{ books { id } }')).headers.get('www-authenticate')
  const path = '/.well-known/oauth-protected-resource/fakebook'
  expect(challenge).toBe(`Bearer resource_metadata="https://example.com${path}"`)
  const { status, text } = await send(`${service.api}${path}`)
  expect([status, JSON.parse(text).resource]).toEqual([200, 'https://example.com/fakebook'])
  expect((await send(`${service.api}/.well-known/oauth-protected-resource/other`)).status).toBe(404)
})
