import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from '@jest/globals'
import { startApiProcess } from '../../support/cli-process.ts'
import { type Service, sendRequest } from '../../support/service.ts'
import { startStubIssuer } from '../../support/stub-issuer.ts'
import { findSpans, TRACEPARENT } from '../../support/trace-collector.ts'
import { collectTraces, sendTracedQuery } from '../../support/traced-service.ts'

const sendQuery = (service: Service) => sendTracedQuery(service, { query: '{ __typename }' })
const sendUnsampledQuery = (service: Service) =>
  sendTracedQuery(service, {
    query: '{ __typename }',
    headers: { traceparent: TRACEPARENT.replace(/01$/, '00') },
  })

test('tracing/TR5 follows the caller’s sampling decision unless OTEL_TRACES_SAMPLER overrides it', async () => {
  const byParent = await collectTraces(sendUnsampledQuery)
  expect(byParent.requests).toEqual([])
  const always = await collectTraces(sendUnsampledQuery, { OTEL_TRACES_SAMPLER: 'always_on' })
  expect(findSpans(always.spans(), 'POST /graphql')).toHaveLength(1)
  const never = await collectTraces(sendQuery, {
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0',
  })
  expect(never.requests).toEqual([])
})

test('tracing/TR6 applies OpenTelemetry’s settings of endpoint, headers and resource, and OTEL_SDK_DISABLED', async () => {
  const collector = await collectTraces(sendQuery, {
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20c2VjcmV0,x-tenant=books',
    OTEL_SERVICE_NAME: 'books',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.name=other',
  })
  expect(collector.requests[0]).toMatchObject({
    path: '/v1/traces',
    headers: { authorization: 'Basic c2VjcmV0', 'x-tenant': 'books' },
  })
  expect(collector.resource()).toEqual({
    'service.name': 'books',
    'service.version': expect.any(String),
    'deployment.environment.name': 'test',
  })
  const disabled = await collectTraces(sendQuery, { OTEL_SDK_DISABLED: 'true' })
  expect(disabled.requests).toEqual([])
})

test.each([
  { id: 'tracing/TR9a', settings: {}, name: 'fakebook-api' },
  { id: 'tracing/TR9b', settings: { OTEL_RESOURCE_ATTRIBUTES: 'service.name=books' }, name: 'books' },
])('$id names the service $name with $settings', async ({ settings, name }) => {
  const collector = await collectTraces(sendQuery, settings)
  expect(collector.resource()).toMatchObject({ 'service.name': name })
})

test('tracing/TR7 logs an unreachable collector once, serves requests and stops as usual', async () => {
  const issuer = await startStubIssuer()
  const api = await startApiProcess({
    OKTA_ISSUER: issuer.url,
    DATABASE_URL: 'file::memory:',
    LOG_LEVEL: 'error',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${await findUnusedPort()}/v1/traces`,
    OTEL_EXPORTER_OTLP_TIMEOUT: '200',
  })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await issuer.signToken()}` }
  const body = '{"query":"{ book(id: 1) { id } }"}'
  for (let i = 0; i < 3; i++)
    expect((await sendRequest(api.url, { method: 'POST', body, headers })).status).toBe(200)
  api.child.kill('SIGTERM')
  expect(await api.exited).toBe(0)
  const lines = api.text.stdout.split('\n').filter((line) => line.includes('Traces cannot be sent'))
  expect(lines).toHaveLength(1)
  await issuer.close()
})

async function findUnusedPort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
