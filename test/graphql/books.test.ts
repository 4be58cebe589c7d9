import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { describeEachDatabase } from '../support/databases.ts'
import {
  ADMIN_SCOPE,
  postBody,
  READ_SCOPE,
  type Service,
  sendRequest,
  startService,
} from '../support/service.ts'

describeEachDatabase((newDatabase) => {
  let service: Service
  beforeEach(async () => {
    service = await startService({ DATABASE_URL: await newDatabase() })
  })
  afterEach(() => service.close())

  const ADD = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id cost addedBy addedAt } }'
  const GOOD = { title: 'Curtain', author: 'Agatha Christie', cost: 7.99, numPages: 250 }

  async function titles(): Promise<unknown> {
    const { json } = await service.graphql('{ books { title } }', await service.tokenFor(READ_SCOPE))
    return json.data?.books
  }

  describe('the REST calls of the original service', () => {
    test('reads, is denied a write, writes; admin alone does not read', async () => {
      const [reader, writer] = [await service.tokenFor(READ_SCOPE), await service.tokenFor(ADMIN_SCOPE)]
      const bearer = { authorization: `Bearer ${reader}` }
      const all = await sendRequest(`${service.apiUrl}/books`, { headers: bearer })
      expect(JSON.parse(all.text)).toHaveLength(5)
      const first = await sendRequest(`${service.apiUrl}/books/1`, { headers: bearer })
      expect(JSON.parse(first.text)).toEqual({
        id: 1,
        title: 'And Then There Were None',
        author: 'Agatha Christie',
        cost: 7.99,
        num_pages: 300,
      })
      const book = { id: 6, title: 'Curtain', author: 'Agatha Christie', cost: 7.99, num_pages: 300 }
      const refused = await postBody(`${service.apiUrl}/books`, JSON.stringify(book), reader)
      expect(refused.status).toBe(403)
      expect(refused.headers.get('www-authenticate')).toMatch(
        /^Bearer error="insufficient_scope".*scope="fakebookapi.admin"/,
      )
      const written = await postBody(`${service.apiUrl}/books`, JSON.stringify(book), writer)
      expect([written.status, JSON.parse(written.text)]).toEqual([201, book])
      expect(
        (await sendRequest(`${service.apiUrl}/books/6`, { headers: { authorization: `Bearer ${writer}` } }))
          .status,
      ).toBe(403)
      expect((await sendRequest(`${service.apiUrl}/books/6`, { headers: bearer })).status).toBe(200)
      expect((await sendRequest(`${service.apiUrl}/books/7`, { headers: bearer })).status).toBe(404)
      expect((await postBody(`${service.apiUrl}/books`, JSON.stringify(book), writer)).status).toBe(409)
    })
  })

  test('stores by whom and when a book was added, for admins only', async () => {
    const { json } = await service.graphql(ADD, await service.tokenFor(ADMIN_SCOPE), { input: GOOD })
    expect(json).toEqual({
      data: {
        addBook: { id: '6', cost: 7.99, addedBy: 'fakebook-cron', addedAt: expect.stringMatching(/Z$/) },
      },
    })
    const refused = await service.graphql(
      '{ x: book(id: 6) { id y: addedBy } }',
      await service.tokenFor(READ_SCOPE),
    )
    expect([refused.status, refused.json]).toEqual([
      403,
      {
        errors: [
          {
            message:
              'Not authorized to access Book.addedBy: requires scope fakebookapi.admin; the token has fakebookapi.read.',
            path: ['x', 'y'],
            extensions: {
              code: 'FORBIDDEN',
              coordinate: 'Book.addedBy',
              requiredScopes: [ADMIN_SCOPE],
              missingScopes: [ADMIN_SCOPE],
            },
          },
        ],
      },
    ])
    expect(refused.headers.get('www-authenticate')).toContain('scope="fakebookapi.read fakebookapi.admin"')
  })

  test('books/B16 writes nothing when a mutation is denied, wherever the denied field is', async () => {
    const before = await titles()
    const input = '{ title: "x", author: "y", cost: 1, numPages: 1 }'
    const source = `mutation { a: addBook(input: ${input}) { id } b: addBook(input: ${input}) { id addedBy } }`
    const refused = await service.graphql(source, await service.tokenFor(READ_SCOPE))
    expect(refused.status).toBe(403)
    expect(refused.json.errors?.map((error) => error.path)).toEqual([['a'], ['b', 'addedBy']])
    expect(await titles()).toEqual(before)
  })

  test('books/B08 denies a reader the document that an admin has cached', async () => {
    const source = '{ book(id: 1) { addedBy } }'
    expect((await service.graphql(source, await service.tokenFor(READ_SCOPE, ADMIN_SCOPE))).status).toBe(200)
    expect((await service.graphql(source, await service.tokenFor(READ_SCOPE))).status).toBe(403)
    expect((await service.graphql(source)).status).toBe(401)
  })

  test('pages by key, filters, and returns Relay connections', async () => {
    const token = await service.tokenFor(READ_SCOPE)
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
    { title: 'after the others when the largest id exists', existing: [8, MAX], expected: '9' },
    {
      title: 'after the last id that an unused one follows',
      existing: halves,
      expected: String(Math.floor(MAX / 2) + 1),
    },
  ])('adds the next book $title', async ({ existing, expected }) => {
    const token = await service.tokenFor(ADMIN_SCOPE)
    const inputs = existing.filter((id) => id > 5).map((id) => ({ ...GOOD, id: String(id) }))
    expect((await service.graphql(BATCH, token, { inputs })).json.errors).toBeUndefined()
    const { json } = await service.graphql(ADD, token, { input: GOOD })
    expect(json.data).toMatchObject({ addBook: { id: expected } })
  })

  test('rejects a batch over BATCH_LIMIT as a whole', async () => {
    const strict = await startService({ BATCH_LIMIT: '2' })
    const token = await strict.tokenFor(READ_SCOPE, ADMIN_SCOPE)
    const over = await strict.graphql(BATCH, token, { inputs: [GOOD, GOOD, GOOD] })
    expect(over.json.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'inputs' })
    expect((await strict.graphql(BATCH, token, { inputs: [GOOD, GOOD] })).json.data?.addBooks).toHaveLength(2)
    expect((await strict.graphql('{ books { id } }', token)).json.data?.books).toHaveLength(7)
    await strict.close()
  })
})
