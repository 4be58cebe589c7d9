import { afterEach, beforeEach, expect, test } from '@jest/globals'
import pg from 'pg'
import { describeEachDatabase } from '../support/databases.ts'
import { ADMIN_SCOPE, type Service, startService } from '../support/service.ts'
import { waitUntil } from '../support/wait-until.ts'

const ADD = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
const BATCH = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'
const GOOD = { title: 'Curtain', author: 'Agatha Christie', cost: 7.99, numPages: 250 }

describeEachDatabase((newDatabase, kind) => {
  let url: string
  let service: Service
  beforeEach(async () => {
    url = await newDatabase()
    // Many requests wait for few connections, on a machine that may be busy with other tests.
    service = await startService({ DATABASE_URL: url, DATABASE_CONNECT_TIMEOUT: '60000' })
  })
  afterEach(() => service.close())

  test('accepts the largest id; the next book gets the first free one', async () => {
    const token = await service.tokenFor(ADMIN_SCOPE)
    await service.graphql(ADD, token, { input: { ...GOOD, id: '9007199254740991' } })
    const { json } = await service.graphql(ADD, token, { input: GOOD })
    expect(json.data).toMatchObject({ addBook: { id: '6' } })
  })

  test('gives each of many concurrent additions an id of its own, and rejects none', async () => {
    const token = await service.tokenFor(ADMIN_SCOPE)
    const replies = await Promise.all(
      Array.from({ length: 60 }, () => service.graphql(ADD, token, { input: GOOD })),
    )
    const ids = replies.map(({ json }) => Number(Object(json.data?.addBook).id))
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => 6 + i))
  })

  test.each([
    { id: 'book-ids/A01', ids: [undefined, '8', undefined], expected: ['9', '8', '10'] },
    { id: 'book-ids/A02', ids: ['9', undefined, '7'], expected: ['9', '10', '7'] },
    {
      id: 'book-ids/A03',
      ids: ['9007199254740991', undefined, '6', undefined],
      expected: ['9007199254740991', '7', '6', '8'],
    },
  ])('$id chooses free ids around the requested ones: $ids', async ({ ids, expected }) => {
    const inputs = ids.map((id) => ({ ...GOOD, id }))
    const { json } = await service.graphql(BATCH, await service.tokenFor(ADMIN_SCOPE), { inputs })
    expect(json.data?.addBooks).toEqual(expected.map((id) => ({ id })))
  })

  test('names every id that exists, in the database or earlier in the batch', async () => {
    const inputs = [1, 7, 7, undefined, 2].map((id) => ({ ...GOOD, id }))
    const { json } = await service.graphql(BATCH, await service.tokenFor(ADMIN_SCOPE), { inputs })
    const { code, faults } = Object(json.errors?.[0]?.extensions)
    expect([code, faults.map((fault: { argument: string }) => fault.argument).sort()]).toEqual([
      'ALREADY_EXISTS',
      ['inputs[0].id', 'inputs[2].id', 'inputs[4].id'],
    ])
  })

  if (kind === 'PostgreSQL')
    test('chooses the next id when another transaction takes the first one', async () => {
      const other = new pg.Client({ connectionString: url })
      await other.connect()
      await other.query('begin')
      await other.query("insert into books values (6, 't', 'a', 1, 1, 's', '2026-01-01T00:00:00.000Z', 't')")
      const adding = service.graphql(ADD, await service.tokenFor(ADMIN_SCOPE), { input: GOOD })
      const waits = "select 1 from pg_locks where not granted and locktype = 'transactionid'"
      await waitUntil(async () => (await other.query(waits)).rows.length > 0)
      await other.query('commit')
      await other.end()
      expect((await adding).json).toEqual({ data: { addBook: { id: '7' } } })
    })
})
