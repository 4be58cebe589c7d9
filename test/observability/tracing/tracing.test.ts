import { expect, test } from '@jest/globals'
import { createPostgresDatabase, describePostgres } from '../../support/databases.ts'
import { ADMIN_SCOPE, READ_SCOPE, sendRequest } from '../../support/service.ts'
import { attributeValues } from '../../support/trace-collector.ts'
import {
  collectTraces,
  findOnlySpan,
  findSpans,
  PARENT_SPAN_ID,
  SPAN_KIND_CLIENT,
  SPAN_KIND_SERVER,
  STATUS_CODE_ERROR,
  sendTracedQuery,
  TRACE_ID,
  TRACEPARENT,
} from '../../support/traced-service.ts'

test('TR1 a request is one span below its caller’s, with its steps and statements below it', async () => {
  const collector = await collectTraces(async (service) => {
    await sendTracedQuery(service, '', await service.tokenFor(READ_SCOPE), {
      traceparent: TRACEPARENT,
      tracestate: 'vendor=1',
    })
  })
  const spans = collector.spans()
  const server = findOnlySpan(spans, 'POST /graphql')
  expect(server).toMatchObject({
    traceId: TRACE_ID,
    parentSpanId: PARENT_SPAN_ID,
    kind: SPAN_KIND_SERVER,
    traceState: 'vendor=1',
  })
  expect(attributeValues(server.attributes)).toEqual({
    'http.request.method': 'POST',
    'http.route': '/graphql',
    'url.path': '/graphql',
    'url.scheme': 'http',
    'http.response.status_code': 200,
    'graphql.operation.type': 'query',
    'graphql.operation.name': 'Find',
  })
  for (const name of ['verify', 'plan', 'decide'])
    expect(findOnlySpan(spans, name)).toMatchObject({
      traceId: TRACE_ID,
      parentSpanId: server.spanId,
      status: {},
    })
  const statement = findOnlySpan(spans, 'SELECT')
  expect(statement).toMatchObject({ traceId: TRACE_ID, parentSpanId: server.spanId, kind: SPAN_KIND_CLIENT })
  expect(attributeValues(statement.attributes)).toEqual({
    'db.system.name': 'sqlite',
    'db.operation.name': 'SELECT',
    'db.query.text': expect.stringMatching(/^select .* where "id" = \?$/),
  })
})

test('TR2 no token, variable, value or header is in what is sent', async () => {
  let token = ''
  const collector = await collectTraces(async (service) => {
    token = await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)
    await sendTracedQuery(service, '', token, { traceparent: TRACEPARENT, 'x-secret': 'outsider' })
    await sendTracedQuery(
      service,
      'mutation { addBook(input: { title: "outsider", author: "o", cost: 1, numPages: 1 }) { id } }',
      token,
    )
    await sendTracedQuery(service, '{ books(filter: { title: "outsider" }) { id } }', token)
    await sendTracedQuery(service, '', 'outsider.outsider.outsider')
    await sendRequest(`${service.apiUrl}/books/outsider?outsider=outsider`, {
      headers: { authorization: `Bearer ${token}` },
    })
  })
  expect(findSpans(collector.spans(), 'verify')).toHaveLength(5)
  expect(collector.rawText()).not.toMatch(/outsider|4711/)
  for (const part of token.split('.')) expect(collector.rawText()).not.toContain(part)
})

test('TR3 what a client does wrong is no error of the request; a step that says no is marked with the reason', async () => {
  const collector = await collectTraces(async (service) => {
    await sendTracedQuery(service, '', 'x.y.z')
    await sendTracedQuery(service, '{ book(id: 1) { addedBy } }', await service.tokenFor(READ_SCOPE))
  })
  const requests = findSpans(collector.spans(), 'POST /graphql')
  expect(
    requests.map(({ status, attributes }) => [
      status.code ?? 0,
      attributeValues(attributes)['fakebook.code'],
    ]),
  ).toEqual([
    [0, 'UNAUTHENTICATED'],
    [0, 'FORBIDDEN'],
  ])
  const refused = findSpans(collector.spans(), 'verify').filter(
    ({ status }) => status.code === STATUS_CODE_ERROR,
  )
  expect(refused.map(({ attributes }) => attributeValues(attributes)['error.type'])).toEqual([
    expect.any(String),
  ])
})

/** A `traceparent` that is not right begins a trace of our own. */
const BAD: readonly (readonly [string, string])[] = [
  ['TR4a zeros alone', `00-${'0'.repeat(32)}-${PARENT_SPAN_ID}-01`],
  ['TR4b a version that there is not', `ff-${TRACE_ID}-${PARENT_SPAN_ID}-01`],
  ['TR4c more than version 00 has', `${TRACEPARENT}-01`],
  ['TR4d capitals', TRACEPARENT.toUpperCase()],
  ['TR4e too short', TRACEPARENT.slice(1)],
]
test.each(BAD)('%s', async (_, header) => {
  const collector = await collectTraces((service) =>
    sendTracedQuery(service, '{ __typename }', '', { traceparent: header }),
  )
  const server = findOnlySpan(collector.spans(), 'POST /graphql')
  expect(server.parentSpanId).toBeUndefined()
  expect(server.traceId).not.toBe(TRACE_ID)
})

describePostgres('on PostgreSQL', () => {
  test('TR8 statements of a transaction are below its request, without their values', async () => {
    const collector = await collectTraces(
      async (service) => {
        const add =
          'mutation { addBook(input: { title: "outsider", author: "o", cost: 1, numPages: 1 }) { id } }'
        await sendTracedQuery(service, add, await service.tokenFor(ADMIN_SCOPE), { traceparent: TRACEPARENT })
      },
      { DATABASE_URL: await createPostgresDatabase() },
    )
    const server = findOnlySpan(collector.spans(), 'POST /graphql')
    const statements = collector.spans().filter(({ kind }) => kind === SPAN_KIND_CLIENT)
    expect(statements.map(({ name }) => name)).toEqual(expect.arrayContaining(['BEGIN', 'INSERT', 'COMMIT']))
    for (const { parentSpanId, attributes } of statements) {
      expect(parentSpanId).toBe(server.spanId)
      expect(attributeValues(attributes)['db.system.name']).toBe('postgresql')
    }
    expect(collector.rawText()).not.toContain('outsider')
  })
})
