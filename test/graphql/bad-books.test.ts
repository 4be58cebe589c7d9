import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/database/database.ts'
import { BAD_BOOKS, MALFORMED_BODIES, UNUSUAL_TITLES } from '../cases/graphql/bad-books.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { ADMIN_SCOPE, postBody, READ_SCOPE, type Service, startService } from '../support/service.ts'

describeEachDatabase((newDatabase) => {
  let url: string
  let service: Service
  beforeAll(async () => {
    url = await newDatabase()
    service = await startService({ DATABASE_URL: url })
  })
  afterAll(() => service.close())

  const ADD = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
  const GOOD = { title: 'Curtain', author: 'Agatha Christie', cost: 7.99, numPages: 250 }

  async function titles(): Promise<unknown> {
    const { json } = await service.graphql('{ books { title } }', await service.tokenFor(READ_SCOPE))
    return json.data?.books
  }

  test.each(BAD_BOOKS)('$id rejects $title and names the argument', async ({ change, isInvalid }) => {
    const before = await titles()
    const token = await service.tokenFor(ADMIN_SCOPE)
    const reply = await service.graphql(ADD, token, { input: { ...GOOD, ...change } })
    expect(reply.status).toBe(isInvalid ? 400 : 200)
    expect(reply.json.data ?? null).toBeNull()
    const code = change.id === 1 ? 'ALREADY_EXISTS' : 'BAD_USER_INPUT'
    expect(reply.json.errors?.[0]?.extensions.code).toBe(code)
    const argument = isInvalid ? undefined : `input.${Object.keys(change)[0]}`
    expect(reply.json.errors?.[0]?.extensions.argument).toBe(argument)
    const batch = await service.graphql(
      'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }',
      token,
      {
        inputs: [GOOD, { ...GOOD, ...change }],
      },
    )
    expect(batch.json.errors?.[0]?.extensions.code).toBe(code)
    const { numPages, ...rest } = { ...GOOD, ...change } as Record<string, unknown>
    const restReply = await postBody(
      `${service.apiUrl}/books`,
      JSON.stringify({ ...rest, num_pages: numPages }),
      token,
    )
    expect(restReply.status).toBe(change.id === 1 ? 409 : 400)
    expect(await titles()).toEqual(before)
  })

  test.each(UNUSUAL_TITLES)('$id stores $title unchanged', async ({ text }) => {
    const token = await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)
    const add = 'mutation ($input: AddBookInput!) { addBook(input: $input) { title author } }'
    const { json } = await service.graphql(add, token, { input: { ...GOOD, title: text, author: text } })
    expect(json).toEqual({ data: { addBook: { title: text, author: text } } })
    const body = JSON.stringify({ title: text, author: text, cost: 1, num_pages: 1 })
    const reply = await postBody(`${service.apiUrl}/books`, body, token)
    expect([reply.status, reply.json]).toMatchObject([201, { title: text, author: text }])
  })

  test('books/K58 reads and finds a title of an earlier version that would be rejected now', async () => {
    const title = 'Earlier\u202e\n'
    const database = await openDatabase(url)
    await database.updateTable('books').set({ title }).where('id', '=', 5).execute()
    await database.destroy()
    const token = await service.tokenFor(READ_SCOPE)
    const { json } = await service.graphql('{ book(id: 5) { title } }', token)
    expect(json).toEqual({ data: { book: { title } } })
  })

  test.each(MALFORMED_BODIES)('$id rejects $title', async ({ url, type, body, status, code, message }) => {
    const before = await titles()
    const reply = await postBody(`${service.apiUrl}${url}`, body, await service.tokenFor(ADMIN_SCOPE), type)
    expect(reply.status).toBe(status)
    expect(reply.json.errors?.[0]?.extensions.code).toBe(code)
    expect(reply.json.errors?.[0]?.message).toMatch(message)
    expect(await titles()).toEqual(before)
  })
})
