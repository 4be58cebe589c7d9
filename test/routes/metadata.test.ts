import { afterEach, expect, test } from '@jest/globals'
import { DPOP_SIGNING_ALGORITHMS } from '../../src/auth/dpop-proof.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'

let service: Service
afterEach(() => service.close())

test('serves the metadata of RFC 9728, to which every challenge points', async () => {
  service = await startService()
  const url = `${service.apiUrl}/.well-known/oauth-protected-resource`
  const { status, text } = await sendRequest(url)
  expect([status, JSON.parse(text)]).toEqual([
    200,
    {
      resource: service.apiUrl,
      authorization_servers: [service.issuerUrl],
      scopes_supported: [READ_SCOPE, ADMIN_SCOPE],
      bearer_methods_supported: ['header'],
      resource_name: 'FakeBook API',
      tls_client_certificate_bound_access_tokens: false,
      dpop_signing_alg_values_supported: DPOP_SIGNING_ALGORITHMS,
      dpop_bound_access_tokens_required: false,
    },
  ])
  const refused = await service.graphql('{ books { id } }')
  expect(refused.headers.get('www-authenticate')).toBe(
    `Bearer scope="fakebookapi.read", resource_metadata="${url}"`,
  )
})

test('allows cross-origin reads of the metadata only', async () => {
  service = await startService()
  const send = (path: string, method: string) =>
    sendRequest(`${service.apiUrl}${path}`, {
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
    ['/graphql', 'OPTIONS', 405, null],
    ['/books', 'GET', 401, null],
    ['/books', 'OPTIONS', 405, null],
    ['/readyz', 'GET', 200, null],
    ['/metrics', 'OPTIONS', 405, null],
  ] as const) {
    const reply = await send(path, method)
    expect([path, method, reply.status, reply.headers.get('access-control-allow-origin')]).toEqual([
      path,
      method,
      status,
      allowed,
    ])
  }
})

test('puts the well-known path in front of the path of the public URL (RFC 9728 §3.1)', async () => {
  service = await startService({ API_URL: 'https://example.com/fakebook' })
  const challenge = (await service.graphql('{ books { id } }')).headers.get('www-authenticate')
  const path = '/.well-known/oauth-protected-resource/fakebook'
  expect(challenge).toBe(`Bearer scope="fakebookapi.read", resource_metadata="https://example.com${path}"`)
  const { status, text } = await sendRequest(`${service.apiUrl}${path}`)
  expect([status, JSON.parse(text).resource]).toEqual([200, 'https://example.com/fakebook'])
  expect((await sendRequest(`${service.apiUrl}/.well-known/oauth-protected-resource/other`)).status).toBe(404)
})
