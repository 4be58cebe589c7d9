import { setTimeout as pause } from 'node:timers/promises'
import { queryPostgres } from '../../test/support/query-postgres.ts'
import { startTcpProxy, type TcpProxy } from '../../test/support/tcp-proxy.ts'
import { ADD, type Ask, createAsk, dataOf, type Reply } from './client.ts'
import { startCopy, stopCopy } from './program.ts'
import type { BenchOptions } from './run.ts'
import type { Stage } from './stage.ts'

const SECONDS = 60
const BEFORE_MS = 2_000
const READERS = 16
const WRITERS = 16
const PAUSE_MS = 10
const MOST_MS = 1_000
const BACK_MS = 5_000

type Told = {
  readonly status: number
  readonly retryAfter: boolean
  readonly from: number
  readonly to: number
}

/** The line to PostgreSQL is cut under load, with a word and without: what is answered meanwhile, and how soon all is well. */
export async function benchCut(stage: Stage, { count = SECONDS }: BenchOptions): Promise<boolean> {
  console.log(`The line is cut for ${count} s under ${READERS} readers and ${WRITERS} writers.\n`)
  console.log(
    '| the line | answers meanwhile | 503 with Retry-After | others | slowest ms | back after ms | acknowledged | lost |',
  )
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
  let met = true
  for (const how of ['closed', 'silent'] as const) met = (await benchOne(stage, how, count)) && met
  return met
}

async function benchOne(stage: Stage, how: 'closed' | 'silent', seconds: number): Promise<boolean> {
  const direct = new URL(await stage.newDatabase('PostgreSQL'))
  const proxy = await startTcpProxy(Number(direct.port || 5432), direct.hostname)
  const url = Object.assign(new URL(direct), { hostname: '127.0.0.1', port: String(proxy.port) }).href
  const copy = await startCopy({ OKTA_ISSUER: stage.issuer, DATABASE_URL: url })
  const load = startLoad(createAsk(copy.url, stage.token, READERS + WRITERS))
  await pause(BEFORE_MS)
  const [cut, mended] = await cutFor(proxy, how, seconds)
  while (
    !load.told.some(({ status, from }) => status === 200 && from >= mended) &&
    performance.now() < mended + 60_000
  )
    await pause(PAUSE_MS)
  await pause(BEFORE_MS)
  await load.stop()
  await stopCopy(copy)
  await proxy.close()
  const { rows } = await queryPostgres('select title from books', direct.href)
  const kept = new Set(rows.map(({ title }) => title))
  const lost = load.acknowledged.filter((title) => !kept.has(title)).length
  return told(how, load.told, cut, mended, load.acknowledged.length, lost)
}

async function cutFor(
  proxy: TcpProxy,
  how: 'closed' | 'silent',
  seconds: number,
): Promise<readonly [number, number]> {
  proxy.disconnect(how)
  const cut = performance.now()
  await pause(seconds * 1_000)
  proxy.restore()
  return [cut, performance.now()]
}

function told(
  how: string,
  all: readonly Told[],
  cut: number,
  mended: number,
  acknowledged: number,
  lost: number,
): boolean {
  const meanwhile = all.filter(({ to }) => to > cut && to < mended)
  const refused = meanwhile.filter(({ status, retryAfter }) => status === 503 && retryAfter).length
  // An answer may have left the database before the cut, and be told after it.
  const others = meanwhile.filter(
    ({ status, from }) => status !== 503 && !(status === 200 && from < cut),
  ).length
  const slowest = Math.max(...all.map(({ from, to }) => to - from))
  const good = all.filter(({ status, from }) => status === 200 && from >= mended)
  const bad = all.filter(({ status, to }) => status !== 200 && to >= mended)
  const back = Math.max(0, Math.min(...good.map(({ to }) => to)), ...bad.map(({ to }) => to)) - mended
  const numbers = [meanwhile.length, refused, others, slowest.toFixed(0), back.toFixed(0), acknowledged, lost]
  console.log(`| ${[how, ...numbers].join(' | ')} |`)
  return others === 0 && refused > 0 && slowest < MOST_MS && back < BACK_MS && lost === 0
}

/** Readers and writers who go on whatever is answered. */
function startLoad(ask: Ask) {
  let running = true
  const told: Told[] = []
  const acknowledged: string[] = []
  let titles = 0

  async function turn(send: () => Promise<Reply>): Promise<void> {
    while (running) {
      const from = performance.now()
      const { status, headers } = await send()
      told.push({ status, retryAfter: headers['retry-after'] !== undefined, from, to: performance.now() })
      await pause(PAUSE_MS)
    }
  }
  const read = () => ask('{ books(first: 5) { id title } }')
  const write = async () => {
    titles += 1
    const title = `Book ${titles}`
    const inputs = [{ title, author: 'a', cost: 1, numPages: 1, idempotencyKey: title.replace(' ', '') }]
    const reply = await ask(ADD, { inputs })
    if (reply.status === 200) {
      dataOf(reply)
      acknowledged.push(title)
    }
    return reply
  }
  const turns = [...Array(READERS).fill(read), ...Array(WRITERS).fill(write)].map(turn)
  return {
    told,
    acknowledged,
    async stop() {
      running = false
      await Promise.all(turns)
    },
  }
}
