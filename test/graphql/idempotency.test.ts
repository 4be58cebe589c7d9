import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { openDatabase } from '../../src/database/database.ts'
import { CALLER_CASES } from '../cases/graphql/idempotency/callers.ts'
import type { Sender } from '../cases/graphql/idempotency/idempotency-case.ts'
import { IDEMPOTENCY_KEY_CASES } from '../cases/graphql/idempotency/keys.ts'
import { REPEATED_REQUEST_CASES } from '../cases/graphql/idempotency/repeated-requests.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTestClock } from '../support/test-clock.ts'
import { waitUntil } from '../support/wait-until.ts'

const DAY = 86_400_000

type CallerClaims = { readonly cid: string | undefined; readonly sub: string }
/** The client and the subject of each sender, given the client of the job. */
const CALLERS: Readonly<Record<Sender, (client: string) => CallerClaims>> = {
  job: (client) => ({ cid: client, sub: 'job' }),
  'another client': (client) => ({ cid: `other ${client}`, sub: 'job' }),
  'another user of the client': (client) => ({ cid: client, sub: 'p' }),
  'a reader': (client) => ({ cid: client, sub: 'job' }),
  'the client itself': (client) => ({ cid: client, sub: client }),
  'a subject with the name of the client': (client) => ({ cid: undefined, sub: client }),
  'another subject without a client': (client) => ({ cid: undefined, sub: `other ${client}` }),
  'a subject with the text of the job as its name': (client) => ({
    cid: undefined,
    sub: JSON.stringify([client, 'job']),
  }),
  'a client and a subject that read like the job': (client) => ({
    cid: client.slice(0, -1),
    sub: `${client.at(-1)}job`,
  }),
  'a very long subject': (client) => ({ cid: client, sub: `${'語'.repeat(1_000)}a` }),
  'a subject that differs in its last character': (client) => ({
    cid: client,
    sub: `${'語'.repeat(1_000)}b`,
  }),
}

describeEachDatabase((newDatabase, kind) => {
  const clock = createTestClock()
  let url: string
  let issuer: StubIssuer
  let service: Service
  beforeAll(async () => {
    url = await newDatabase()
    issuer = await startStubIssuer()
    service = await startService({ DATABASE_URL: url }, { issuerUrl: issuer.url, clock })
  })
  afterAll(async () => {
    await service.close()
    await issuer.close()
  })

  /** Returns a token for a client that only this row uses. */
  const tokenOf = (sender: Sender, row: string) =>
    issuer.signToken({
      exp: Math.floor(clock.now() / 1000) + 3600,
      scp: sender === 'a reader' ? [READ_SCOPE] : [READ_SCOPE, ADMIN_SCOPE],
      ...CALLERS[sender](`job ${row}`),
    })

  async function send(row: string, path: string, body: unknown, key?: string, sender: Sender = 'job') {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${await tokenOf(sender, row)}`,
      ...(key !== undefined && { 'idempotency-key': key }),
    }
    return sendRequest(`${service.apiUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  }

  const addTo = (row: string, key?: string, sender?: Sender, title = 't') =>
    send(
      row,
      '/graphql',
      {
        query: `mutation { addBook(input: { title: "${title}", author: "${row}", cost: 1, numPages: 1 }) { id } }`,
      },
      key,
      sender,
    )

  async function countBy(row: string) {
    const query = `{ booksConnection(filter: { author: "${row}" }) { totalCount } }`
    return Object((await send(row, '/graphql', { query })).json.data).booksConnection.totalCount
  }

  test.each([...REPEATED_REQUEST_CASES, ...IDEMPOTENCY_KEY_CASES, ...CALLER_CASES])(
    '$id $title',
    async ({ id: row, steps, bookCount, answerCount }) => {
      const answers = new Set<string>()
      for (const { sender, key, body, status, code } of steps) {
        const reply = await send(row, body.url, body.json(row), key, sender)
        expect([reply.status, reply.json.errors?.[0]?.extensions.code]).toEqual([status, code])
        if (code === undefined) answers.add(reply.text)
      }
      expect([await countBy(row), answers.size]).toEqual([bookCount, answerCount])
    },
  )

  test('idempotency/N40 adds one book for concurrent requests with one key', async () => {
    const replies = await Promise.all(Array.from({ length: 30 }, () => addTo('N40', 'k')))
    const last = await addTo('N40', 'k')
    for (const { status, json, headers, text } of replies) {
      if (status === 200) expect(text).toBe(last.text)
      else
        expect([status, json.errors?.[0]?.extensions.code, headers.get('retry-after')]).toEqual([
          409,
          'IDEMPOTENCY_IN_FLIGHT',
          '1',
        ])
    }
    expect([replies.some(({ status }) => status === 200), await countBy('N40')]).toEqual([true, 1])
  })

  test('idempotency/N43 recognizes the longest alias and very long client ids', async () => {
    // Random characters: PostgreSQL compresses repeated ones.
    const letters = () => randomBytes(2_000).toString('hex')
    const row = `N43 ${letters()}`
    const query = `mutation { a${letters().slice(0, 255)}: addBook(input: { title: "t", author: "N43", cost: 1, numPages: 1, idempotencyKey: "i" }) { id } }`
    const [first, second] = [
      await send(row, '/graphql', { query }, 'k'),
      await send(row, '/graphql', { query }, 'k'),
    ]
    expect([first.status, second.text, await countBy('N43')]).toEqual([200, first.text, 1])
  })

  test('idempotency/N64 adds a book for each of several subjects that send one key at once', async () => {
    const senders = ['job', 'another user of the client', 'the client itself'] as const
    const addUntilStored = async (sender: Sender): Promise<string> => {
      const { status, text } = await addTo('N64', 'k', sender)
      return status === 409 ? addUntilStored(sender) : text
    }
    const sendAll = () => Promise.all([...senders, ...senders, ...senders].map(addUntilStored))
    const [answers, answersAgain] = [await sendAll(), await sendAll()]
    expect([answersAgain, new Set(answers).size, await countBy('N64')]).toEqual([answers, 3, 3])
  })

  test('idempotency/N65 accepts a key again for another request when it has expired', async () => {
    await addTo('N65', 'k')
    expect((await addTo('N65', 'k', 'job', 'u')).status).toBe(422)
    clock.shiftWallClock(DAY + 1)
    const replies = [await addTo('N65', 'k', 'job', 'u'), await addTo('N65', 'k', 'job', 'u')]
    expect([new Set(replies.map(({ text }) => text)).size, await countBy('N65')]).toEqual([1, 2])
    expect((await addTo('N65', 'k')).status).toBe(422)
  })

  test('idempotency/N66 adds a batch of a thousand books with keys once', async () => {
    const inputs = Array.from({ length: 1_000 }, (_, i) => ({
      title: 't',
      author: 'N66',
      cost: 1,
      numPages: 1,
      idempotencyKey: `b${i}`,
    }))
    const query = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'
    const sendBatch = (sender?: Sender) =>
      send('N66', '/graphql', { query, variables: { inputs } }, 'k', sender)
    const [first, second] = [await sendBatch(), await sendBatch()]
    expect([first.status, second.text, await countBy('N66')]).toEqual([200, first.text, 1_000])
    const other = await sendBatch('another user of the client')
    expect([other.status, other.text === first.text, await countBy('N66')]).toEqual([200, false, 2_000])
  })

  test('idempotency/N67 finds the record of an earlier version for the subject that added its books', async () => {
    const first = await addTo('N67', 'k')
    const database = await openDatabase(url)
    // Earlier versions stored the client alone.
    await database
      .updateTable('idempotency')
      .set({ client_id: 'job N67' })
      .where('client_id', 'like', '%job N67%')
      .execute()
    await database.destroy()
    const others = ['another user of the client', 'the client itself'] as const
    const replies = [
      await addTo('N67', 'k'),
      ...(await Promise.all(others.map((one) => addTo('N67', 'k', one)))),
    ]
    const texts = replies.map(({ text }) => text)
    expect([texts[0], new Set(texts).size, await countBy('N67')]).toEqual([first.text, 3, 3])
    expect((await addTo('N67', 'k', 'job', 'u')).status).toBe(422)
  })

  if (kind === 'PostgreSQL')
    test('idempotency/N41 answers 409 while the first request is in flight', async () => {
      const other = new pg.Client({ connectionString: url })
      await other.connect()
      await other.query('begin; lock table books in share row exclusive mode')
      const first = addTo('N41', 'k')
      const waiting = "select 1 from pg_locks where not granted and relation = 'books'::regclass"
      await waitUntil(async () => (await other.query(waiting)).rows.length > 0)
      const second = await addTo('N41', 'k')
      expect([second.status, second.headers.get('retry-after')]).toEqual([409, '1'])
      await other.query('commit')
      await other.end()
      const { text } = await first
      expect([(await addTo('N41', 'k')).text, await countBy('N41')]).toEqual([text, 1])
    })

  test('idempotency/N42 remembers a key for a day, then deletes it', async () => {
    await addTo('N42', 'k')
    await clock.advance(DAY - 1_000)
    await addTo('N42', 'k')
    expect(await countBy('N42')).toBe(1)
    // Expired keys are ignored even before they are deleted.
    clock.shiftWallClock(1_001)
    await addTo('N42', 'k')
    await addTo('N42', 'k')
    expect(await countBy('N42')).toBe(2)
    await clock.advance(DAY)
    const database = await openDatabase(url)
    const readKeys = () => database.selectFrom('idempotency').select('key').execute()
    await waitUntil(async () => {
      // The interval to the next deletion begins at the end of the last one, which takes real time.
      await clock.advance(600_000)
      return (await readKeys()).length === 0
    })
    await database.destroy()
  })
})
