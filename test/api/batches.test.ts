// A batch is kept as a whole or not at all, and each of its books once under its own key.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/store/database.ts'
import { INPUT } from '../cases/idempotency.ts'
import { onBothDatabases } from '../databases.ts'
import { ADMIN, READ, type Service, send, startService } from '../service.ts'

const ADD = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id title } }'

onBothDatabases((newDatabase) => {
  let url: string
  let service: Service
  beforeAll(async () => {
    url = await newDatabase()
    service = await startService({ DATABASE_URL: url })
  })
  afterAll(() => service.close())

  /** @param header the whole request's key */
  async function add(inputs: readonly object[], header?: string) {
    const { status, json } = await send(`${service.api}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await service.token(READ, ADMIN)}`,
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
  async function kept(): Promise<{ books: number; keys: number }> {
    const database = await openDatabase(url)
    const books = await database.selectFrom('books').select('id').execute()
    const keys = await database.selectFrom('idempotency').select('key').execute()
    await database.destroy()
    return { books: books.length, keys: keys.length }
  }

  test('J50 all are known: nothing is added', async () => {
    const books = [{ idempotencyKey: 'J50a' }, { idempotencyKey: 'J50b', title: 'Nemesis' }]
    const first = await add(books)
    const before = await kept()
    expect(await add(books)).toEqual(first)
    expect((await add(books.toReversed())).ids).toEqual(first.ids.toReversed())
    expect(await kept()).toEqual(before)
  })

  test('J51 some are known: the others are added, each in its place', async () => {
    const [known] = (await add([{ idempotencyKey: 'J51a' }])).ids
    const { ids, titles } = await add([
      { idempotencyKey: 'J51b', title: 'One' },
      { idempotencyKey: 'J51a' },
      { title: 'Two' },
    ])
    expect([ids[1], titles, new Set(ids).size]).toEqual([known, ['One', INPUT.title, 'Two'], 3])
    expect([ids[0], ids[2]]).toEqual([Number(known) + 1, Number(known) + 2])
  })

  test('J52 one key twice in a batch: the same book is one, and another is refused and named', async () => {
    const { ids } = await add([{ idempotencyKey: 'J52' }, { idempotencyKey: 'J52' }])
    expect(ids[0]).toBe(ids[1])
    const before = await kept()
    const differ = await add([
      { idempotencyKey: 'J52b' },
      { title: 'x' },
      { idempotencyKey: 'J52b', title: 'x' },
    ])
    expect([differ.code, differ.faults]).toEqual(['IDEMPOTENCY_MISMATCH', ['inputs[2].idempotencyKey']])
    expect(await kept()).toEqual(before)
  })

  test('J53 keys that were used for other books are all named', async () => {
    await add([{ idempotencyKey: 'J53a' }, { idempotencyKey: 'J53b' }])
    const before = await kept()
    const reply = await add([
      { idempotencyKey: 'J53a', cost: 1 },
      { idempotencyKey: 'J53c' },
      { idempotencyKey: 'J53b', cost: 1 },
    ])
    expect([reply.code, reply.faults]).toEqual([
      'IDEMPOTENCY_MISMATCH',
      ['inputs[0].idempotencyKey', 'inputs[2].idempotencyKey'],
    ])
    expect(await kept()).toEqual(before)
  })

  test('J54 a batch that fails leaves no key behind, and can be sent again', async () => {
    const before = await kept()
    const books = [{ idempotencyKey: 'J54a' }, { idempotencyKey: 'J54b', id: 1 }]
    const failed = await add(books, 'J54')
    expect([failed.code, failed.faults]).toEqual(['ALREADY_EXISTS', ['inputs[1].id']])
    expect(await kept()).toEqual(before)
    const mended = await add([{ idempotencyKey: 'J54a' }, { idempotencyKey: 'J54b' }], 'J54')
    expect(mended.ids).toHaveLength(2)
    expect(await kept()).toEqual({ books: before.books + 2, keys: before.keys + 3 })
  })

  test('J55 a key in the input is one of its book, whichever header there is', async () => {
    const [id] = (await add([{ idempotencyKey: 'J55' }], 'J55')).ids
    expect((await add([{ idempotencyKey: 'J55' }], 'J55-other')).ids).toEqual([id])
    expect((await add([{ idempotencyKey: 'J55' }], 'J55')).ids).toEqual([id])
  })

  test('J56 an empty batch is one like any other', async () => {
    expect((await add([], 'J56')).ids).toEqual([])
    expect(await add([], 'J56')).toMatchObject({ status: 200, code: undefined, ids: [] })
  })

  test('J57 a bad key in the input is named', async () => {
    const { code, faults } = await add([{ idempotencyKey: '' }, { idempotencyKey: 'a b' }, {}])
    expect([code, faults]).toEqual([
      'BAD_USER_INPUT',
      ['inputs[0].idempotencyKey', 'inputs[1].idempotencyKey'],
    ])
  })

  test('J58 ids: every one that is taken is named, also one that is there twice', async () => {
    const before = await kept()
    const { code, faults } = await add([{ id: 1 }, { id: 900 }, {}, { id: 2 }, { id: 900 }])
    expect([code, faults]).toEqual(['ALREADY_EXISTS', ['inputs[0].id', 'inputs[3].id', 'inputs[4].id']])
    expect(await kept()).toEqual(before)
  })

  test('J59 the next free id is behind the largest, also of this batch', async () => {
    expect((await add([{}, { id: 1_000 }, {}])).ids).toEqual([1_001, 1_000, 1_002])
  })

  test('J60 the largest id may be taken; the next books get the first gaps', async () => {
    const { ids } = await add([{ id: Number.MAX_SAFE_INTEGER }])
    expect(ids).toEqual([Number.MAX_SAFE_INTEGER])
    const { ids: gaps } = await add([{}, { id: 950 }, {}])
    expect(gaps[1]).toBe(950)
    for (const id of [gaps[0], gaps[2]]) expect(id).toBeLessThan(1_000)
  })
})
