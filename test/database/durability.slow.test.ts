import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiProcess } from '../support/cli-process.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { ADMIN_SCOPE, postBody, READ_SCOPE, sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

describeEachDatabase((newDatabase) => {
  test('keeps every acknowledged book when the API is killed during writes', async () => {
    const token = await issuer.signToken({ scp: [READ_SCOPE, ADMIN_SCOPE] })
    const settings = {
      OKTA_ISSUER: issuer.url,
      DATABASE_URL: await newDatabase(),
      PAGE_LIMIT: '10000',
      COST_LIMIT: '100000',
    }
    const body = JSON.stringify({
      query: 'mutation { addBook(input: { title: "t", author: "a", cost: 1, numPages: 1 }) { id } }',
    })
    const acknowledged: unknown[] = []
    for (const killAfter of [5, 20, 60, 61, 62]) {
      const api = await startApiProcess(settings)
      let written = 0
      const write = async () => {
        for (;;) {
          const reply = await postBody(api.url, body, token).catch(() => undefined)
          if (reply?.status !== 200) return
          acknowledged.push(Object(reply.json.data?.addBook).id)
          written += 1
          if (written === killAfter) api.child.kill('SIGKILL')
        }
      }
      await Promise.all(Array.from({ length: 8 }, write))
      await api.exited
    }
    const api = await startApiProcess(settings)
    const { json } = await postBody(
      api.url,
      JSON.stringify({ query: '{ books(first: 10000) { id } }' }),
      token,
    )
    const stored = new Set(Object(json.data?.books).map((book: { id: string }) => book.id))
    expect(acknowledged.length).toBeGreaterThanOrEqual(5 + 20 + 60 + 61 + 62)
    expect(new Set(acknowledged).size).toBe(acknowledged.length)
    expect(acknowledged.filter((id) => !stored.has(String(id)))).toEqual([])
    api.child.kill('SIGTERM')
    expect(await api.exited).toBe(0)
  })

  test('adds each book once when unacknowledged writes are repeated with their keys after a kill', async () => {
    const token = await issuer.signToken({ scp: [READ_SCOPE, ADMIN_SCOPE] })
    const settings = { OKTA_ISSUER: issuer.url, DATABASE_URL: await newDatabase() }
    const books = Array.from({ length: 60 }, (_, number) => `Volume ${number}`)
    const acknowledged = new Map<string, string>()
    const pending = [...books]
    for (let killAfter = 10; pending.length > 0; killAfter += 10) {
      const api = await startApiProcess(settings)
      const sendAll = async () => {
        for (let title = pending.shift(); title !== undefined; title = pending.shift()) {
          const reply = await addWithKey(api.url, token, title).catch(() => undefined)
          if (reply?.status === 200) acknowledged.set(title, Object(reply.json.data?.addBook).id)
          else {
            pending.push(title)
            return
          }
          if (acknowledged.size === killAfter) api.child.kill('SIGKILL')
        }
      }
      await Promise.all(Array.from({ length: 8 }, sendAll))
      api.child.kill('SIGKILL')
      await api.exited
    }
    const api = await startApiProcess(settings)
    const query = '{ booksConnection(first: 100, after: 5) { edges { node { id title } } } }'
    const { json } = await postBody(api.url, JSON.stringify({ query }), token)
    const stored = Object(json.data?.booksConnection).edges.map(
      ({ node }: { node: { id: string; title: string } }) => [node.title, node.id],
    )
    expect(stored.length).toBe(books.length)
    expect(new Map(stored)).toEqual(acknowledged)
    api.child.kill('SIGTERM')
    expect(await api.exited).toBe(0)
  })
})

const addWithKey = (url: string, token: string, title: string) =>
  sendRequest(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': title.replace(' ', '-'),
    },
    body: JSON.stringify({
      query:
        'mutation ($title: String!) { addBook(input: { title: $title, author: "a", cost: 1, numPages: 1 }) { id } }',
      variables: { title },
    }),
  })
