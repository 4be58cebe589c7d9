import { expect, test } from '@jest/globals'
import { createPostgresDatabase, describePostgres } from '../../support/databases.ts'
import { ADMIN_SCOPE, READ_SCOPE, sendRequest } from '../../support/service.ts'
import {
  attributeValues,
  findOnlySpan,
  findSpans,
  PARENT_SPAN_ID,
  SPAN_KIND_CLIENT,
  SPAN_KIND_SERVER,
  STATUS_CODE_ERROR,
  TRACE_ID,
  TRACEPARENT,
} from '../../support/trace-collector.ts'
import { collectTraces, sendTracedQuery } from '../../support/traced-service.ts'

const ADD_OUTSIDER =
  'mutation { addBook(input: { title: "outsider", author: "o", cost: 1, numPages: 1 }) { id } }'

test('tracing/TR1 creates a server span below the caller’s, with spans of its steps and statements', async () => {
  const collector = await collectTraces(async (service) => {
    await sendTracedQuery(service, {
      token: await service.tokenFor(READ_SCOPE),
      headers: { traceparent: TRACEPARENT, tracestate: 'vendor=1' },
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
  for (const name of ['verify', 'decide'])
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

test('tracing/TR2 exports no token, variable, parameter or header', async () => {
  let token = ''
  const collector = await collectTraces(async (service) => {
    token = await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)
    await sendTracedQuery(service, { token, headers: { traceparent: TRACEPARENT, 'x-secret': 'outsider' } })
    await sendTracedQuery(service, { query: ADD_OUTSIDER, token })
    await sendTracedQuery(service, { query: '{ books(filter: { title: "outsider" }) { id } }', token })
    await sendTracedQuery(service, { token: 'outsider.outsider.outsider' })
    await sendRequest(`${service.apiUrl}/books/outsider?outsider=outsider`, {
      headers: { authorization: `Bearer ${token}` },
    })
  })
  expect(findSpans(collector.spans(), 'verify')).toHaveLength(5)
  expect(collector.rawText()).not.toMatch(/outsider|4711/)
  for (const part of token.split('.')) expect(collector.rawText()).not.toContain(part)
})

test('tracing/TR3 marks a step that rejects the request as failed, but not the server span of a client error', async () => {
  const collector = await collectTraces(async (service) => {
    await sendTracedQuery(service, { token: 'x.y.z' })
    await sendTracedQuery(service, {
      query: '{ book(id: 1) { addedBy } }',
      token: await service.tokenFor(READ_SCOPE),
    })
  })
  const requests = findSpans(collector.spans(), 'POST /graphql').map(({ status, attributes }) => ({
    status: status.code ?? 0,
    code: attributeValues(attributes)['fakebook.code'],
  }))
  expect(requests).toEqual([
    { status: 0, code: 'UNAUTHENTICATED' },
    { status: 0, code: 'FORBIDDEN' },
  ])
  const failedSteps = findSpans(collector.spans(), 'verify').filter(
    ({ status }) => status.code === STATUS_CODE_ERROR,
  )
  expect(failedSteps.map(({ attributes }) => attributeValues(attributes)['error.type'])).toEqual([
    expect.any(String),
  ])
})

const INVALID_HEADERS: readonly { readonly id: string; readonly title: string; readonly header: string }[] = [
  { id: 'tracing/TR4a', title: 'a trace id of zeros', header: `00-${'0'.repeat(32)}-${PARENT_SPAN_ID}-01` },
  { id: 'tracing/TR4b', title: 'version ff', header: `ff-${TRACE_ID}-${PARENT_SPAN_ID}-01` },
  { id: 'tracing/TR4c', title: 'appended fields in version 00', header: `${TRACEPARENT}-01` },
  { id: 'tracing/TR4d', title: 'upper case', header: TRACEPARENT.toUpperCase() },
  { id: 'tracing/TR4e', title: 'a short version', header: TRACEPARENT.slice(1) },
]

test.each(INVALID_HEADERS)('$id starts a new trace for a traceparent with $title', async ({ header }) => {
  const collector = await collectTraces((service) =>
    sendTracedQuery(service, { query: '{ __typename }', headers: { traceparent: header } }),
  )
  const server = findOnlySpan(collector.spans(), 'POST /graphql')
  expect(server.parentSpanId).toBeUndefined()
  expect(server.traceId).not.toBe(TRACE_ID)
})

describePostgres('on PostgreSQL', () => {
  test('tracing/TR8 adds the statements of a transaction to its request, without parameters', async () => {
    const collector = await collectTraces(
      async (service) => {
        const token = await service.tokenFor(ADMIN_SCOPE)
        await sendTracedQuery(service, {
          query: ADD_OUTSIDER,
          token,
          headers: { traceparent: TRACEPARENT },
        })
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
