import { residentMegabytes } from '../http/usage.ts'
import { bookAt, inputAt } from './books.ts'
import { type Ask, createAsk, dataOf } from './client.ts'
import { fill } from './fill.ts'
import { startCopy, stopCopy } from './program.ts'
import type { BenchOptions } from './run.ts'
import { KINDS, type Kind, type Stage } from './stage.ts'

const BOOKS = 1_000_000
const BATCH = 500
const IN_FLIGHT = 4
/** Books in a second, on SQLite. */
const GOAL = 10_000
/** What the garbage of a second more or less makes of the same memory. */
const FLAT = 1.5

export const ADD = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'

/** A million books through HTTP, as the job sends them: how fast, and whether memory grows with them. */
export async function benchImport(stage: Stage, { count = BOOKS }: BenchOptions): Promise<boolean> {
  console.log(
    `${count} books through HTTP, ${BATCH} in a batch, ${IN_FLIGHT} batches under way, each book under its key.\n`,
  )
  console.log(
    '| database | books/s | RSS MB at 10 % | at 100 % | at most | COPY, rows/s |\n| --- | ---: | ---: | ---: | ---: | ---: |',
  )
  let met = true
  for (const kind of KINDS) {
    const { perSecond, early, late, most } = await importInto(stage, kind, count)
    const copied =
      kind === 'SQLite' ? '' : (count / (await fill(await stage.newDatabase(kind), count, bookAt))).toFixed(0)
    const numbers = [perSecond, early, late, most].map((number) => number.toFixed(0))
    console.log(`| ${[kind, ...numbers, copied].join(' | ')} |`)
    met = met && (kind !== 'SQLite' || perSecond >= GOAL) && late <= early * FLAT
  }
  return met
}

async function importInto(stage: Stage, kind: Kind, count: number) {
  const settings = { OKTA_ISSUER: stage.issuer, DATABASE_URL: await stage.newDatabase(kind) }
  const copy = await startCopy(settings)
  const resident: number[] = []
  const start = performance.now()
  await sendBooks(copy.url, stage.token, count, (sent) => {
    if (sent % (count / 20) < BATCH) resident.push(residentMegabytes(copy.child.pid ?? 0))
  })
  const perSecond = count / ((performance.now() - start) / 1_000)
  await stopCopy(copy)
  const [, early = Number.NaN] = resident
  return { perSecond, early, late: resident.at(-1) ?? Number.NaN, most: Math.max(...resident) }
}

/** Sends books as the job does: in batches, some at the same time, each book under its key. */
async function sendBooks(
  url: string,
  token: string,
  count: number,
  progress: (sent: number) => void,
): Promise<void> {
  const ask = createAsk(url, token, IN_FLIGHT)
  let next = 0
  const sendInTurn = async () => {
    while (next < count) {
      const first = next
      next = Math.min(count, first + BATCH)
      const last = next
      await send(ask, first, last)
      progress(last)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendInTurn))
}

async function send(ask: Ask, from: number, to: number): Promise<void> {
  const inputs = Array.from({ length: to - from }, (_, index) => inputAt(from + index))
  dataOf(await ask(ADD, { inputs }))
}
