import type { ChildProcess } from 'node:child_process'
import { residentMegabytes } from '../http/usage.ts'
import { bookAt } from './books.ts'
import { fill } from './fill.ts'
import { startImport, writeCsv } from './job.ts'
import { startCopy, stopCopy } from './program.ts'
import type { BenchOptions } from './run.ts'
import { KINDS, type Kind, type Stage } from './stage.ts'

const BOOKS = 1_000_000
/** Books in a second, on SQLite. */
const GOAL = 10_000
/** What the garbage of a second more or less makes of the same memory. */
const FLAT = 1.5

/** A million books from a file, by the job and through HTTP: how fast, and whether memory grows with them. */
export async function benchImport(stage: Stage, { count = BOOKS }: BenchOptions): Promise<boolean> {
  console.log(
    `A file of ${count} books by "npm run job -- import"; RSS in MB when a tenth is stored, and at the end.\n`,
  )
  console.log('| database | books/s | server’s RSS | job’s RSS | COPY of the same rows, rows/s |')
  console.log('| --- | ---: | ---: | ---: | ---: |')
  let met = true
  for (const kind of KINDS) {
    const { perSecond, early, late } = await importInto(stage, kind, count)
    const copied = kind === 'SQLite' ? '' : await copyRate(stage, count)
    const memory = [
      `${early.server.toFixed(0)}, ${late.server.toFixed(0)}`,
      `${early.job.toFixed(0)}, ${late.job.toFixed(0)}`,
    ]
    console.log(`| ${[kind, perSecond.toFixed(0), ...memory, copied].join(' | ')} |`)
    const flat = late.server <= early.server * FLAT && late.job <= early.job * FLAT
    met = met && flat && (kind !== 'SQLite' || perSecond >= GOAL)
  }
  return met
}

async function importInto(stage: Stage, kind: Kind, count: number) {
  const file = stage.newFile('books.csv')
  await writeCsv(file, count, true)
  const copy = await startCopy({ OKTA_ISSUER: stage.issuer, DATABASE_URL: await stage.newDatabase(kind) })
  const resident: { readonly stored: number; readonly server: number; readonly job: number }[] = []
  let [stored, perSecond] = [0, 0]
  const job = startImport({ issuer: stage.issuer, url: copy.url, file }, (told) => {
    stored = told.stored
    perSecond = stored / told.seconds
    if (stored < count) resident.push({ stored, server: megabytes(copy.child), job: megabytes(job.child) })
  })
  const status = await job.exited
  if (status !== 0 || stored !== count) throw new Error(`the job ended with ${status} after ${stored} books`)
  await stopCopy(copy)
  const early = resident.find((one) => one.stored >= count / 10)
  const late = resident.at(-1)
  if (!early || !late) throw new Error('it was too short to see how memory grows')
  return { perSecond, early, late }
}

async function copyRate(stage: Stage, count: number): Promise<string> {
  return (count / (await fill(await stage.newDatabase('PostgreSQL'), count, bookAt))).toFixed(0)
}

const megabytes = ({ pid = 0 }: ChildProcess) => residentMegabytes(pid)
