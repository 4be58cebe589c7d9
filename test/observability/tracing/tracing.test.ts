import { expect, test } from '@jest/globals'
import { newPostgres, onPostgres } from '../../support/databases.ts'
import { ADMIN, READ, send } from '../../support/service.ts'
import { valuesOf } from '../../support/trace-collector.ts'
import {
  ask,
  CLIENT,
  ERROR,
  named,
  only,
  PARENT,
  SERVER,
  TRACE,
  traced,
  traceparent,
} from '../../support/traced-service.ts'

test('TR1 a request is one span below its caller’s, with its steps and statements below it', async () => {
  const collector = await traced(async (service) => {
    await ask(service, '', await service.token(READ), { traceparent, tracestate: 'vendor=1' })
  })
  const spans = collector.spans()
  const server = only(spans, 'POST /graphql')
  expect(server).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, kind: SERVER, traceState: 'vendor=1' })
  expect(valuesOf(server.attributes)).toEqual({
    'http.request.method': 'POST',
    'http.route': '/graphql',
    'url.path': '/graphql',
    'url.scheme': 'http',
    'http.response.status_code': 200,
    'graphql.operation.type': 'query',
    'graphql.operation.name': 'Find',
  })
  for (const name of ['verify', 'plan', 'decide'])
    expect(only(spans, name)).toMatchObject({ traceId: TRACE, parentSpanId: server.spanId, status: {} })
  const statement = only(spans, 'SELECT')
  expect(statement).toMatchObject({ traceId: TRACE, parentSpanId: server.spanId, kind: CLIENT })
  expect(valuesOf(statement.attributes)).toEqual({
    'db.system.name': 'sqlite',
    'db.operation.name': 'SELECT',
    'db.query.text': expect.stringMatching(/^select .* where "id" = \?$/),
  })
})

test('TR2 no token, variable, value or header is in what is sent', async () => {
  let token = ''
  const collector = await traced(async (service) => {
    token = await service.token(READ, ADMIN)
    await ask(service, '', token, { traceparent, 'x-secret': 'outsider' })
    await ask(
      service,
      'mutation { addBook(input: { title: "outsider", author: "o", cost: 1, numPages: 1 }) { id } }',
      token,
    )
    await ask(service, '{ books(filter: { title: "outsider" }) { id } }', token)
    await ask(service, '', 'outsider.outsider.outsider')
    await send(`${service.api}/books/outsider?outsider=outsider`, {
      headers: { authorization: `Bearer ${token}` },
    })
  })
  expect(named(collector.spans(), 'verify')).toHaveLength(5)
  expect(collector.text()).not.toMatch(/outsider|4711/)
  for (const part of token.split('.')) expect(collector.text()).not.toContain(part)
})

test('TR3 what a client does wrong is no error of the request; a step that says no is marked with the reason', async () => {
  const collector = await traced(async (service) => {
    await ask(service, '', 'x.y.z')
    await ask(service, '{ book(id: 1) { addedBy } }', await service.token(READ))
  })
  const requests = named(collector.spans(), 'POST /graphql')
  expect(
    requests.map(({ status, attributes }) => [status.code ?? 0, valuesOf(attributes)['fakebook.code']]),
  ).toEqual([
    [0, 'UNAUTHENTICATED'],
    [0, 'FORBIDDEN'],
  ])
  const refused = named(collector.spans(), 'verify').filter(({ status }) => status.code === ERROR)
  expect(refused.map(({ attributes }) => valuesOf(attributes)['error.type'])).toEqual([expect.any(String)])
})

/** A `traceparent` that is not right begins a trace of our own. */
const BAD: readonly (readonly [string, string])[] = [
  ['TR4a zeros alone', `00-${'0'.repeat(32)}-${PARENT}-01`],
  ['TR4b a version that there is not', `ff-${TRACE}-${PARENT}-01`],
  ['TR4c more than version 00 has', `${traceparent}-01`],
  ['TR4d capitals', traceparent.toUpperCase()],
  ['TR4e too short', traceparent.slice(1)],
]
test.each(BAD)('%s', async (_, header) => {
  const collector = await traced((service) => ask(service, '{ __typename }', '', { traceparent: header }))
  const server = only(collector.spans(), 'POST /graphql')
  expect(server.parentSpanId).toBeUndefined()
  expect(server.traceId).not.toBe(TRACE)
})

onPostgres('on PostgreSQL', () => {
  test('TR8 statements of a transaction are below its request, without their values', async () => {
    const collector = await traced(
      async (service) => {
        const add =
          'mutation { addBook(input: { title: "outsider", author: "o", cost: 1, numPages: 1 }) { id } }'
        await ask(service, add, await service.token(ADMIN), { traceparent })
      },
      { DATABASE_URL: await newPostgres() },
    )
    const server = only(collector.spans(), 'POST /graphql')
    const statements = collector.spans().filter(({ kind }) => kind === CLIENT)
    expect(statements.map(({ name }) => name)).toEqual(expect.arrayContaining(['BEGIN', 'INSERT', 'COMMIT']))
    for (const { parentSpanId, attributes } of statements) {
      expect(parentSpanId).toBe(server.spanId)
      expect(valuesOf(attributes)['db.system.name']).toBe('postgresql')
    }
    expect(collector.text()).not.toContain('outsider')
  })
})
