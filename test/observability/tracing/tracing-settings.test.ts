import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from '@jest/globals'
import { startProgram } from '../../support/cli-process.ts'
import { send } from '../../support/service.ts'
import { scriptedIssuer } from '../../support/stub-issuer.ts'
import { ask, named, traced, traceparent } from '../../support/traced-service.ts'

test('TR5 a caller that is not traced is not traced here either, unless the sampler says so', async () => {
  const unsampled = { traceparent: traceparent.replace(/01$/, '00') }
  const quiet = await traced((service) => ask(service, '{ __typename }', '', unsampled))
  expect(quiet.asked).toEqual([])
  const always = await traced((service) => ask(service, '{ __typename }', '', unsampled), {
    OTEL_TRACES_SAMPLER: 'always_on',
  })
  expect(named(always.spans(), 'POST /graphql')).toHaveLength(1)
  const none = await traced((service) => ask(service, '{ __typename }', ''), {
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
  const collector = await traced((service) => ask(service, '{ __typename }', ''), settings)
  expect(collector.asked[0]).toMatchObject({
    path: '/v1/traces',
    headers: { authorization: 'Basic c2VjcmV0', 'x-tenant': 'books' },
  })
  expect(collector.resource()).toEqual({
    'service.name': 'books',
    'service.version': expect.any(String),
    'deployment.environment.name': 'test',
  })
  const off = await traced((service) => ask(service, '{ __typename }', ''), { OTEL_SDK_DISABLED: 'true' })
  expect(off.asked).toEqual([])
})

test('TR7 nobody takes the traces: the API goes on, says so once in its log, and ends all the same', async () => {
  const issuer = await scriptedIssuer()
  const nobody = createServer().listen(0, '127.0.0.1')
  await once(nobody, 'listening')
  const { port } = nobody.address() as { port: number }
  await new Promise((done) => nobody.close(done))
  const api = await startProgram({
    OKTA_ISSUER: issuer.url,
    DATABASE_URL: 'file::memory:',
    LOG_LEVEL: 'error',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/v1/traces`,
    OTEL_EXPORTER_OTLP_TIMEOUT: '200',
  })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await issuer.sign()}` }
  const body = '{"query":"{ book(id: 1) { id } }"}'
  for (let i = 0; i < 3; i++)
    expect((await send(api.url, { method: 'POST', body, headers })).status).toBe(200)
  api.child.kill('SIGTERM')
  expect(await api.exited).toBe(0)
  const lines = api.text.out.split('\n').filter((line) => line.includes('Traces cannot be sent'))
  expect(lines).toHaveLength(1)
  await issuer.close()
})
