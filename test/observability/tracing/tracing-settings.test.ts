import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from '@jest/globals'
import { startApiProcess } from '../../support/cli-process.ts'
import { sendRequest } from '../../support/service.ts'
import { startStubIssuer } from '../../support/stub-issuer.ts'
import { collectTraces, findSpans, sendTracedQuery, TRACEPARENT } from '../../support/traced-service.ts'

test('TR5 a caller that is not traced is not traced here either, unless the sampler says so', async () => {
  const unsampled = { traceparent: TRACEPARENT.replace(/01$/, '00') }
  const quiet = await collectTraces((service) => sendTracedQuery(service, '{ __typename }', '', unsampled))
  expect(quiet.asked).toEqual([])
  const always = await collectTraces((service) => sendTracedQuery(service, '{ __typename }', '', unsampled), {
    OTEL_TRACES_SAMPLER: 'always_on',
  })
  expect(findSpans(always.spans(), 'POST /graphql')).toHaveLength(1)
  const none = await collectTraces((service) => sendTracedQuery(service, '{ __typename }', ''), {
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0',
  })
  expect(none.asked).toEqual([])
})

test('TR6 the settings are OpenTelemetry’s: address, headers, names; a word turns all of it off', async () => {
  const settings = {
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20c2VjcmV0,x-tenant=books',
    OTEL_SERVICE_NAME: 'books',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.name=other',
  }
  const collector = await collectTraces((service) => sendTracedQuery(service, '{ __typename }', ''), settings)
  expect(collector.asked[0]).toMatchObject({
    path: '/v1/traces',
    headers: { authorization: 'Basic c2VjcmV0', 'x-tenant': 'books' },
  })
  expect(collector.resource()).toEqual({
    'service.name': 'books',
    'service.version': expect.any(String),
    'deployment.environment.name': 'test',
  })
  const off = await collectTraces((service) => sendTracedQuery(service, '{ __typename }', ''), {
    OTEL_SDK_DISABLED: 'true',
  })
  expect(off.asked).toEqual([])
})

test('TR7 nobody takes the traces: the API goes on, says so once in its log, and ends all the same', async () => {
  const issuer = await startStubIssuer()
  const nobody = createServer().listen(0, '127.0.0.1')
  await once(nobody, 'listening')
  const { port } = nobody.address() as { port: number }
  await new Promise((done) => nobody.close(done))
  const api = await startApiProcess({
    OKTA_ISSUER: issuer.url,
    DATABASE_URL: 'file::memory:',
    LOG_LEVEL: 'error',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/v1/traces`,
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
