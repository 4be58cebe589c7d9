import { setTimeout as pause } from 'node:timers/promises'
import { createSeededRandom, type SeededRandom } from '../../test/support/seeded-random.ts'
import { bookAt } from './books.ts'
import { ADD, type Ask, createAsk, dataOf } from './client.ts'
import { crashJob } from './crash-job.ts'
import { type StartCopy, startCopy, stopCopy } from './program.ts'
import type { BenchOptions } from './run.ts'
import { KINDS, type Stage } from './stage.ts'

const KILLS = 100
const IN_FLIGHT = 4
const BATCH = 100
/** Between two kills this many batches are acknowledged, at most. */
const MOST_BATCHES = 20
/** A batch takes about so long: a kill comes at any point of it. */
const MOST_MS = 30
const PAGE = 1_000

export type CrashRun = {
  readonly start: StartCopy
  readonly settings: Record<string, string>
  readonly token: string
  readonly kills: number
  readonly chance: SeededRandom
  /** Waits a little, so that a kill comes in the middle of things. */
  readonly idle: (chance: SeededRandom) => Promise<unknown>
}

/** What came of the books that were sent while the server was killed again and again. */
export type Crashed = {
  readonly kills: number
  readonly acknowledged: number
  /** Acknowledged, and not there as they were acknowledged. */
  readonly lost: number
  /** There more than once. */
  readonly doubles: number
  /** Sent again because nobody knew. */
  readonly again: number
}

/**
 * Sends books as the job does, each under its key and again until it is acknowledged, while the server is killed at random
 * points. They have no ids of their own: what is written twice is there twice.
 */
export async function crash(run: CrashRun): Promise<Crashed> {
  const { kills, chance } = run
  const server = await startVictim(run)
  const acknowledged = new Map<string, string>()
  let [killed, batches, next, again] = [0, 0, 0, 0]
  let killAt = 1 + chance.integerBelow(MOST_BATCHES)

  async function sendInTurn(): Promise<void> {
    while (killed < kills) {
      const from = next
      next += BATCH
      while (!(await send(await server.ask(), from, acknowledged))) again += 1
      batches += 1
      if (batches < killAt || killed === kills) continue
      killed += 1
      killAt = batches + 1 + chance.integerBelow(MOST_BATCHES)
      server.kill()
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendInTurn))
  await server.settled()
  const kept = await keptBy(await server.ask())
  await server.stop()
  return { kills: killed, again, acknowledged: acknowledged.size, ...compared(acknowledged, kept) }
}

/** A server that is started again whenever it was killed; who asks it meanwhile waits. */
async function startVictim({ start, settings, token, chance, idle }: CrashRun) {
  const serve = async () => {
    const copy = await start({ ...settings, PAGE_LIMIT: String(PAGE), COST_LIMIT: '100000' })
    return { copy, ask: createAsk(copy.url, token, IN_FLIGHT) }
  }
  let serving = serve()
  let killing: Promise<void> = Promise.resolve()
  const killOne = async () => {
    const { copy } = await serving
    await idle(chance)
    copy.child.kill('SIGKILL')
    serving = copy.exited.then(serve)
  }
  return {
    ask: async (): Promise<Ask> => (await serving).ask,
    kill(): void {
      killing = killing.then(killOne)
    },
    settled: () => killing,
    stop: async (): Promise<void> => stopCopy((await serving).copy),
  }
}

/** @returns whether they were acknowledged */
async function send(ask: Ask, from: number, acknowledged: Map<string, string>): Promise<boolean> {
  const inputs = Array.from({ length: BATCH }, (_, index) => {
    const { title, author } = bookAt(from + index)
    return { title, author, cost: 1, numPages: 1, idempotencyKey: String(from + index) }
  })
  const reply = await ask(ADD, { inputs })
  if (reply.status === 0 || reply.status === 503) return false
  const { addBooks } = dataOf(reply) as { addBooks: { id: string }[] }
  for (const [index, { id }] of addBooks.entries()) acknowledged.set(id, inputs[index]?.title ?? '')
  return true
}

type Kept = { readonly id: string; readonly title: string }

async function keptBy(ask: Ask): Promise<Kept[]> {
  const kept: Kept[] = []
  for (;;) {
    const after = kept.at(-1)?.id
    const query = `query ($after: ID) { books(first: ${PAGE}, after: $after) { id title } }`
    const { books } = dataOf(await ask(query, { after })) as { books: Kept[] }
    kept.push(...books)
    if (books.length < PAGE) return kept
  }
}

function compared(acknowledged: ReadonlyMap<string, string>, kept: readonly Kept[]) {
  const byId = new Map(kept.map(({ id, title }) => [id, title]))
  const lost = [...acknowledged].filter(([id, title]) => byId.get(id) !== title).length
  return { lost, doubles: kept.length - new Set(kept.map(({ title }) => title)).size }
}

/** The server is killed in the middle of an import, on both databases. */
export async function benchCrash(stage: Stage, { count = KILLS, seed }: BenchOptions): Promise<boolean> {
  console.log(`kill -9 at random points, ${IN_FLIGHT} batches of ${BATCH} books under way; seed ${seed}.\n`)
  console.log(
    '| database | killed | kills | acknowledged | sent again | lost | doubles |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |',
  )
  let met = true
  for (const kind of KINDS) {
    const settings = { OKTA_ISSUER: stage.issuer, DATABASE_URL: await stage.newDatabase(kind) }
    const idle = (chance: SeededRandom) => pause(chance.integerBelow(MOST_MS))
    const run = {
      start: startCopy,
      settings,
      token: stage.token,
      kills: count,
      chance: createSeededRandom(seed),
      idle,
    }
    const { kills, acknowledged, again, lost, doubles } = await crash(run)
    console.log(`| ${[kind, 'server', kills, acknowledged, again, lost, doubles].join(' | ')} |`)
    const job = await crashJob(stage, kind, count, createSeededRandom(seed))
    console.log(`| ${[kind, 'job', job.killed, job.acknowledged, '', job.lost, job.doubles].join(' | ')} |`)
    met = met && kills === count && again > 0 && lost === 0 && doubles === 0
    met = met && job.status === 0 && job.killed === count && job.lost === 0 && job.doubles === 0
  }
  return met
}
