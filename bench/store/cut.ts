import { setTimeout as sleep } from 'node:timers/promises'
import { readTitles } from '../../test/support/database/insert-books.ts'
import {
  createGraphqlClient,
  type GraphqlClient,
  type GraphqlReply,
} from '../../test/support/graphql-client.ts'
import { startTcpProxy } from '../../test/support/tcp-proxy.ts'
import { markdownTable } from '../support/report.ts'
import type { StoreFixture, StoreOptions } from './fixture.ts'

const BEFORE_MS = 2_000
const CLIENTS = 32
const PAUSE_MS = 10
const RECOVERY_TIMEOUT_MS = 60_000
const MAX_LATENCY_MS = 1_000
const MAX_RECOVERY_MS = 5_000
const READ = '{ books(first: 5) { id title } }'
const ADD = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'

interface SentRequest extends GraphqlReply {
  readonly sentAt: number
  readonly answeredAt: number
}

/** Cuts the connection to PostgreSQL under load, by closing it and by dropping its packets. */
export async function benchCut(
  fixture: StoreFixture,
  { count: seconds = 60 }: StoreOptions,
): Promise<boolean> {
  const rows = [
    await cutConnection(fixture, 'closed', seconds),
    await cutConnection(fixture, 'silent', seconds),
  ]
  console.log(`The connection is cut for ${seconds} s under ${CLIENTS} clients; every other one writes.\n`)
  console.log(markdownTable(rows))
  return rows.every(
    (row) =>
      row['503 with Retry-After'] > 0 &&
      row.others + row.lost === 0 &&
      row['slowest ms'] < MAX_LATENCY_MS &&
      row['back after ms'] < MAX_RECOVERY_MS,
  )
}

async function cutConnection(fixture: StoreFixture, mode: 'closed' | 'silent', seconds: number) {
  const direct = await fixture.createDatabase('PostgreSQL')
  const { port, hostname } = new URL(direct)
  const proxy = await startTcpProxy(Number(port || 5432), hostname)
  const proxied = Object.assign(new URL(direct), { hostname: '127.0.0.1', port: String(proxy.port) }).href
  const api = await fixture.startApi({ DATABASE_URL: proxied })
  const load = startLoad(createGraphqlClient(api.url, fixture.token, CLIENTS))
  await sleep(BEFORE_MS)
  proxy.disconnect(mode)
  const cutAt = performance.now()
  await sleep(seconds * 1_000)
  proxy.restore()
  const restoredAt = performance.now()
  const succeedsAgain = ({ status, sentAt }: SentRequest) => status === 200 && sentAt >= restoredAt
  while (!load.requests.some(succeedsAgain) && performance.now() < restoredAt + RECOVERY_TIMEOUT_MS)
    await sleep(PAUSE_MS)
  await sleep(BEFORE_MS)
  await load.stop()
  await api.stop()
  await proxy.close()

  const stored = new Set(await readTitles(direct, 0))
  const meanwhile = load.requests.filter(({ answeredAt }) => answeredAt > cutAt && answeredAt < restoredAt)
  const refused = meanwhile.filter(
    ({ status, headers }) => status === 503 && headers['retry-after'] !== undefined,
  )
  // The database may have answered just before the cut.
  const early = meanwhile.filter(({ status, sentAt }) => status === 200 && sentAt < cutAt)
  const failed = load.requests.filter(({ status, answeredAt }) => status !== 200 && answeredAt >= restoredAt)
  const backAt = load.requests.find(succeedsAgain)?.answeredAt ?? Number.POSITIVE_INFINITY
  return {
    connection: mode,
    'answers meanwhile': meanwhile.length,
    '503 with Retry-After': refused.length,
    others: meanwhile.length - refused.length - early.length,
    'slowest ms': Math.round(Math.max(...load.requests.map(({ sentAt, answeredAt }) => answeredAt - sentAt))),
    'back after ms': Math.round(Math.max(backAt, failed.at(-1)?.answeredAt ?? 0) - restoredAt),
    acknowledged: load.acknowledged.length,
    lost: load.acknowledged.filter((title) => !stored.has(title)).length,
  }
}

/** Starts clients that go on whatever the server answers. */
function startLoad(client: GraphqlClient) {
  const requests: SentRequest[] = []
  const acknowledged: string[] = []
  let [isRunning, titles] = [true, 0]

  async function add(): Promise<GraphqlReply> {
    titles += 1
    const title = `Book ${titles}`
    const reply = await client.send(ADD, { input: { title, author: 'a', cost: 1, numPages: 1 } })
    if (reply.status === 200) acknowledged.push(title)
    return reply
  }
  const clients = Array.from({ length: CLIENTS }, async (_, index) => {
    while (isRunning) {
      const sentAt = performance.now()
      const reply = index % 2 === 0 ? await client.send(READ) : await add()
      requests.push({ ...reply, sentAt, answeredAt: performance.now() })
      await sleep(PAUSE_MS)
    }
  })
  return {
    requests,
    acknowledged,
    async stop(): Promise<void> {
      isRunning = false
      await Promise.all(clients)
    },
  }
}
