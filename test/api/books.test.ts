import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { BAD_BODIES, BAD_BOOKS } from '../cases/books.ts'
import { onBothDatabases } from '../databases.ts'
import { ADMIN, post, READ, type Service, send, startService } from '../service.ts'

onBothDatabases((newDatabase) => {
  let service: Service
  beforeEach(async () => {
    service = await startService({ DATABASE_URL: await newDatabase() })
  })
  afterEach(() => service.close())

  const ADD = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id cost addedBy addedAt } }'
  const GOOD = { title: 'Curtain', author: 'Agatha Christie', cost: 7.99, numPages: 250 }

  async function titles(): Promise<unknown> {
    const { json } = await service.graphql('{ books { title } }', await service.token(READ))
    return json.data?.books
  }

  describe('the seed’s calls', () => {
    test('read, refused write, write, and admin alone does not read', async () => {
      const [reader, writer] = [await service.token(READ), await service.token(ADMIN)]
      const bearer = { authorization: `Bearer ${reader}` }
      const all = await send(`${service.api}/books`, { headers: bearer })
      expect(JSON.parse(all.text)).toHaveLength(5)
      const first = await send(`${service.api}/books/1`, { headers: bearer })
      expect(JSON.parse(first.text)).toEqual({
        id: 1,
        title: 'And Then There Were None',
        author: 'Agatha Christie',
        cost: 7.99,
        num_pages: 300,
      })
      const book = { id: 6, title: 'Curtain', author: 'Agatha Christie', cost: 7.99, num_pages: 300 }
      const refused = await post(`${service.api}/books`, JSON.stringify(book), reader)
      expect(refused.status).toBe(403)
      expect(refused.headers.get('www-authenticate')).toMatch(
        /^Bearer error="insufficient_scope".*scope="fakebookapi.admin"/,
      )
      const written = await post(`${service.api}/books`, JSON.stringify(book), writer)
      expect([written.status, JSON.parse(written.text)]).toEqual([201, book])
      expect(
        (await send(`${service.api}/books/6`, { headers: { authorization: `Bearer ${writer}` } })).status,
      ).toBe(403)
      expect((await send(`${service.api}/books/6`, { headers: bearer })).status).toBe(200)
      expect((await send(`${service.api}/books/7`, { headers: bearer })).status).toBe(404)
      expect((await post(`${service.api}/books`, JSON.stringify(book), writer)).status).toBe(409)
    })
  })

  test('a book keeps who added it and when; only admins see it', async () => {
    const { json } = await service.graphql(ADD, await service.token(ADMIN), { input: GOOD })
    expect(json).toEqual({
      data: {
        addBook: { id: '6', cost: 7.99, addedBy: 'fakebook-cron', addedAt: expect.stringMatching(/Z$/) },
      },
    })
    const refused = await service.graphql('{ x: book(id: 6) { id y: addedBy } }', await service.token(READ))
    expect([refused.status, refused.json]).toEqual([
      403,
      {
        errors: [
          {
            message: 'addedBy needs fakebookapi.admin; this token has fakebookapi.read.',
            path: ['x', 'y'],
            extensions: {
              code: 'FORBIDDEN',
              coordinate: 'Book.addedBy',
              requiredScopes: [ADMIN],
              missingScopes: [ADMIN],
            },
          },
        ],
      },
    ])
    expect(refused.headers.get('www-authenticate')).toContain('scope="fakebookapi.read fakebookapi.admin"')
  })

  test('B16 a refused mutation writes nothing, wherever the denied field stands', async () => {
    const before = await titles()
    const input = '{ title: "x", author: "y", cost: 1, numPages: 1 }'
    const source = `mutation { a: addBook(input: ${input}) { id } b: addBook(input: ${input}) { id addedBy } }`
    const refused = await service.graphql(source, await service.token(READ))
    expect(refused.status).toBe(403)
    expect(refused.json.errors?.map((error) => error.path)).toEqual([['a'], ['b', 'addedBy']])
    expect(await titles()).toEqual(before)
  })

  test('B08 a reader does not ride on an admin’s cached document', async () => {
    const source = '{ book(id: 1) { addedBy } }'
    expect((await service.graphql(source, await service.token(READ, ADMIN))).status).toBe(200)
    expect((await service.graphql(source, await service.token(READ))).status).toBe(403)
    expect((await service.graphql(source)).status).toBe(401)
  })

  test.each(BAD_BOOKS)('%s %s is refused and named', async (_, __, change, argument, status) => {
    const before = await titles()
    const token = await service.token(ADMIN)
    const reply = await service.graphql(ADD, token, { input: { ...GOOD, ...change } })
    expect(reply.status).toBe(status)
    expect(reply.json.data ?? null).toBeNull()
    const code = change.id === 1 ? 'ALREADY_EXISTS' : 'BAD_USER_INPUT'
    expect(reply.json.errors?.[0]?.extensions.code).toBe(code)
    if (status === 200) expect(reply.json.errors?.[0]?.extensions.argument).toBe(argument)
    const batch = await service.graphql(
      'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }',
      token,
      {
        inputs: [GOOD, { ...GOOD, ...change }],
      },
    )
    expect(batch.json.errors?.[0]?.extensions.code).toBe(code)
    const { numPages, ...rest } = { ...GOOD, ...change } as Record<string, unknown>
    const rest_ = await post(`${service.api}/books`, JSON.stringify({ ...rest, num_pages: numPages }), token)
    expect(rest_.status).toBe(change.id === 1 ? 409 : 400)
    expect(await titles()).toEqual(before)
  })

  test.each(BAD_BODIES)('%s %s', async (_, __, url, type, body, status, code, words) => {
    const before = await titles()
    const reply = await post(`${service.api}${url}`, body, await service.token(ADMIN), type)
    expect(reply.status).toBe(status)
    expect(reply.json.errors?.[0]?.extensions.code).toBe(code)
    expect(reply.json.errors?.[0]?.message).toMatch(words)
    expect(await titles()).toEqual(before)
  })

  test('pages by key, filters, and Relay’s shape', async () => {
    const token = await service.token(READ)
    const ask = async (source: string) => (await service.graphql(source, token)).json.data
    expect(await ask('{ books(first: 2, after: 2) { id } }')).toEqual({ books: [{ id: '3' }, { id: '4' }] })
    expect(await ask('{ books(filter: { author: "Agatha Christie" }) { id } }')).toEqual({
      books: [{ id: '1' }, { id: '4' }],
    })
    expect(await ask('{ books(filter: { title: "MOON" }) { id } }')).toEqual({ books: [{ id: '5' }] })
    expect(await ask('{ books(filter: { title: "%" }) { id } }')).toEqual({ books: [] })
    expect(
      await ask(
        '{ booksConnection(first: 2, after: 3) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }',
      ),
    ).toEqual({
      booksConnection: {
        edges: [
          { cursor: '4', node: { id: '4' } },
          { cursor: '5', node: { id: '5' } },
        ],
        pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: '4', endCursor: '5' },
      },
    })
    const over = await service.graphql('{ books(first: 101) { id } }', token)
    expect(over.json.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'first' })
  })

  const BATCH = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'
  const MAX = Number.MAX_SAFE_INTEGER
  const halves = Array.from({ length: 51 }, (_, i) => Math.floor(MAX / 2 ** i))

  test.each([
    ['behind the others, not in a gap, when the largest id is taken', [8, MAX], '9'],
    ['in a gap, when the last of each half is', halves, '6'],
  ])('the next book is %s', async (_, taken, next) => {
    const token = await service.token(ADMIN)
    const inputs = taken.filter((id) => id > 5).map((id) => ({ ...GOOD, id: String(id) }))
    expect((await service.graphql(BATCH, token, { inputs })).json.errors).toBeUndefined()
    const { json } = await service.graphql(ADD, token, { input: GOOD })
    expect(json.data).toMatchObject({ addBook: { id: next } })
  })

  test.each([
    ['A01', [undefined, '8', undefined], ['9', '8', '10']],
    ['A02', ['9', undefined, '7'], ['9', '10', '7']],
    ['A03', ['9007199254740991', undefined, '6', undefined], ['9007199254740991', '7', '6', '8']],
  ])('%s of the ids %j the free ones are chosen around those that are asked for', async (_, ids, got) => {
    const inputs = ids.map((id) => ({ ...GOOD, id }))
    const { json } = await service.graphql(BATCH, await service.token(ADMIN), { inputs })
    expect(json.data?.addBooks).toEqual(got.map((id) => ({ id })))
  })

  test('every id that is taken is named: by a book that is there, or further up in the batch', async () => {
    const inputs = [1, 7, 7, undefined, 2].map((id) => ({ ...GOOD, id }))
    const { json } = await service.graphql(BATCH, await service.token(ADMIN), { inputs })
    const { code, faults } = Object(json.errors?.[0]?.extensions)
    expect([code, faults.map((fault: { argument: string }) => fault.argument).sort()]).toEqual([
      'ALREADY_EXISTS',
      ['inputs[0].id', 'inputs[2].id', 'inputs[4].id'],
    ])
  })

  test('a batch over BATCH_LIMIT is refused whole', async () => {
    const strict = await startService({ BATCH_LIMIT: '2' })
    const token = await strict.token(READ, ADMIN)
    const over = await strict.graphql(BATCH, token, { inputs: [GOOD, GOOD, GOOD] })
    expect(over.json.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'inputs' })
    expect((await strict.graphql(BATCH, token, { inputs: [GOOD, GOOD] })).json.data?.addBooks).toHaveLength(2)
    expect((await strict.graphql('{ books { id } }', token)).json.data?.books).toHaveLength(7)
    await strict.close()
  })
})
