import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/database/database.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'

const INPUT = { title: 'Curtain', author: 'Agatha Christie', cost: 7.99, numPages: 250 }
const ADD = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id title } }'

describeEachDatabase((newDatabase) => {
  let url: string
  let service: Service
  beforeAll(async () => {
    url = await newDatabase()
    service = await startService({ DATABASE_URL: url })
  })
  afterAll(() => service.close())

  /** @param header the request's Idempotency-Key */
  async function add(inputs: readonly object[], header?: string) {
    const { status, json } = await sendRequest(`${service.apiUrl}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)}`,
        'content-type': 'application/json',
        ...(header !== undefined && { 'idempotency-key': header }),
      },
      body: JSON.stringify({
        query: ADD,
        variables: { inputs: inputs.map((input) => ({ ...INPUT, ...input })) },
      }),
    })
    const [error] = json.errors ?? []
    const books = (json.data?.addBooks ?? []) as { id: string; title: string }[]
    const faults = (error?.extensions.faults ?? []) as { argument: string }[]
    return {
      status,
      code: error?.extensions.code,
      faults: faults.map(({ argument }) => argument),
      ids: books.map(({ id }) => Number(id)),
      titles: books.map(({ title }) => title),
    }
  }
  async function countRows(): Promise<{ books: number; keys: number }> {
    const database = await openDatabase(url)
    const books = await database.selectFrom('books').select('id').execute()
    const keys = await database.selectFrom('idempotency').select('key').execute()
    await database.destroy()
    return { books: books.length, keys: keys.length }
  }

  test('idempotency/N50 adds nothing when all keys are known', async () => {
    const books = [{ idempotencyKey: 'N50a' }, { idempotencyKey: 'N50b', title: 'Nemesis' }]
    const first = await add(books)
    const before = await countRows()
    expect(await add(books)).toEqual(first)
    expect((await add(books.toReversed())).ids).toEqual(first.ids.toReversed())
    expect(await countRows()).toEqual(before)
  })

  test('idempotency/N51 adds only the books whose keys are unknown, in their order', async () => {
    const [known] = (await add([{ idempotencyKey: 'N51a' }])).ids
    const { ids, titles } = await add([
      { idempotencyKey: 'N51b', title: 'One' },
      { idempotencyKey: 'N51a' },
      { title: 'Two' },
    ])
    expect([ids[1], titles, new Set(ids).size]).toEqual([known, ['One', INPUT.title, 'Two'], 3])
    expect([ids[0], ids[2]]).toEqual([Number(known) + 1, Number(known) + 2])
  })

  test('idempotency/N52 accepts a key twice in a batch for the same book only', async () => {
    const { ids } = await add([{ idempotencyKey: 'N52' }, { idempotencyKey: 'N52' }])
    expect(ids[0]).toBe(ids[1])
    const before = await countRows()
    const differ = await add([
      { idempotencyKey: 'N52b' },
      { title: 'x' },
      { idempotencyKey: 'N52b', title: 'x' },
    ])
    expect([differ.status, differ.code, differ.faults]).toEqual([
      422,
      'IDEMPOTENCY_MISMATCH',
      ['inputs[2].idempotencyKey'],
    ])
    expect(await countRows()).toEqual(before)
  })

  test('idempotency/N53 names all keys that were used for other books', async () => {
    await add([{ idempotencyKey: 'N53a' }, { idempotencyKey: 'N53b' }])
    const before = await countRows()
    const reply = await add([
      { idempotencyKey: 'N53a', cost: 1 },
      { idempotencyKey: 'N53c' },
      { idempotencyKey: 'N53b', cost: 1 },
    ])
    expect([reply.status, reply.code, reply.faults]).toEqual([
      422,
      'IDEMPOTENCY_MISMATCH',
      ['inputs[0].idempotencyKey', 'inputs[2].idempotencyKey'],
    ])
    expect(await countRows()).toEqual(before)
  })

  test('idempotency/N54 stores no key of a failed batch, which can be sent again', async () => {
    const before = await countRows()
    const books = [{ idempotencyKey: 'N54a' }, { idempotencyKey: 'N54b', id: 1 }]
    const failed = await add(books, 'N54')
    expect([failed.code, failed.faults]).toEqual(['ALREADY_EXISTS', ['inputs[1].id']])
    expect(await countRows()).toEqual(before)
    const corrected = await add([{ idempotencyKey: 'N54a' }, { idempotencyKey: 'N54b' }], 'N54')
    expect(corrected.ids).toHaveLength(2)
    expect(await countRows()).toEqual({ books: before.books + 2, keys: before.keys + 3 })
  })

  test('idempotency/N55 names invalid keys in the input', async () => {
    const keys = ['', 'a b', 'k'.repeat(256), 'k\0']
    const { code, faults } = await add([...keys.map((idempotencyKey) => ({ idempotencyKey })), {}])
    expect([code, faults]).toEqual(['BAD_USER_INPUT', keys.map((_, i) => `inputs[${i}].idempotencyKey`)])
  })
})
