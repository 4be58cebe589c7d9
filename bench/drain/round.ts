import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Copy, startCopy } from '../store/program.ts'
import { childrenOf } from './children.ts'
import { type Ask, createConnection, type End } from './client.ts'

/** What became of the requests of one start and stop. */
export type Round = {
  readonly answered: number
  /** Of these, those that were sent after the signal. */
  readonly late: number
  /** Of these, those that said that they are the last on their connection. */
  readonly last: number
  /** Of these, those that were no success. */
  readonly failed: number
  readonly notSent: number
  readonly reset: number
  readonly broken: number
  /** Null: a signal ended it. */
  readonly exit: number | null
  /** From the signal to the exit. */
  readonly milliseconds: number
}

export type Load = {
  readonly issuer: string
  readonly token: string
  readonly connections: number
  readonly workers: number
  /** Whether each request comes on a connection of its own. */
  readonly fresh: boolean
  /** How long the load lasts before the signal, milliseconds. */
  readonly beforeMs: number
}

/** The slowest client's longest pause: longer than the server leaves an idle connection open. */
const LONGEST_PAUSE_MS = 1_000
/** How often somebody looks whether all workers are new. */
const LOOK_MS = 50
const READ = { query: '{ book(id: 1) { title author } }' }
const ADD = {
  query: 'mutation { addBook(input: { title: "a", author: "b", cost: 1, numPages: 1 }) { id } }',
}

type Ended = { readonly end: End; readonly sent: number }

/** What is done to a server that is under load. @returns when it is done */
type Deed = (copy: Copy, over: () => void) => Promise<number | null>

/** Starts a server, sets a load upon it, tells it to stop, and looks at every request to its end. */
export const stopUnderLoad = (load: Load): Promise<Round> =>
  underLoad(load, async ({ child, exited }, over) => {
    over()
    child.kill('SIGTERM')
    return exited
  })

/** The same, but that each worker is replaced meanwhile: clients go on, on another connection where they are told to. */
export const restartUnderLoad = (load: Load): Promise<Round> =>
  underLoad(load, async ({ child, exited }, over) => {
    const pid = child.pid ?? 0
    const old = childrenOf(pid)
    child.kill('SIGUSR2')
    const replaced = () => childrenOf(pid).filter((id) => !old.includes(id)).length >= load.workers
    while (!replaced() || childrenOf(pid).length > load.workers) await pause(LOOK_MS)
    await pause(LONGEST_PAUSE_MS)
    over()
    await pause(LONGEST_PAUSE_MS)
    child.kill('SIGTERM')
    return exited
  })

async function underLoad(load: Load, act: Deed): Promise<Round> {
  const { issuer, token, connections, workers, fresh, beforeMs } = load
  const folder = mkdtempSync(join(tmpdir(), 'fakebook-drain-'))
  const copy = await startCopy({
    OKTA_ISSUER: issuer,
    WORKERS: String(workers),
    DATABASE_URL: workers > 1 ? `file:${join(folder, 'books.db')}` : 'file::memory:',
    AUDIT_LOG: 'off',
    // Who starts beside it takes its core for a while: a refusal for that is another bench's.
    ...(workers > 1 && { LOOP_DELAY_LIMIT: '600000' }),
  })
  const ends: Ended[] = []
  let over = false
  const { origin, pathname: path } = new URL(copy.url)
  const clients = Array.from({ length: connections }, (_, index) =>
    // Every other client asks as fast as it can, the rest pause: connections are in use and idle.
    askOn(
      origin,
      { path, token, ...bodyOf(index) },
      index % 2 === 0 ? 0 : pauseOf(index, connections),
      ends,
      { fresh, over: () => over },
    ),
  )
  await pause(beforeMs)
  const told = performance.now()
  const exit = await act(copy, () => {
    over = true
  })
  const milliseconds = performance.now() - told
  await Promise.all(clients)
  rmSync(folder, { recursive: true })
  return { ...counted(ends, told), exit, milliseconds }
}

const bodyOf = (index: number) => ({ body: JSON.stringify(index % 8 === 7 ? ADD : READ) })
const pauseOf = (index: number, connections: number) => Math.ceil((LONGEST_PAUSE_MS * index) / connections)

/** Asks until nobody is there, or, where the server goes on, until it is over. */
async function askOn(
  origin: string,
  ask: Ask,
  pauseMs: number,
  ends: Ended[],
  { fresh, over }: { readonly fresh: boolean; readonly over: () => boolean },
): Promise<void> {
  let connection = createConnection(origin)
  for (;;) {
    const sent = performance.now()
    const end = await connection.ask(ask)
    ends.push({ end, sent })
    if (end.kind !== 'answered' || end.last || fresh) {
      // Another copy would take it from here on, or another worker does.
      if (over() && (end.kind !== 'answered' || end.last)) break
      connection.close()
      connection = createConnection(origin)
    }
    if (pauseMs > 0) await pause(pauseMs)
  }
  connection.close()
}

function counted(ends: readonly Ended[], told: number) {
  const count = (holds: (end: End, sent: number) => boolean) =>
    ends.filter(({ end, sent }) => holds(end, sent)).length
  const kind = (wanted: End['kind']) => count((end) => end.kind === wanted)
  return {
    answered: kind('answered'),
    late: count((end, sent) => end.kind === 'answered' && sent > told),
    last: count((end) => end.kind === 'answered' && end.last),
    failed: count((end) => end.kind === 'answered' && end.status !== 200),
    notSent: kind('not sent'),
    reset: kind('reset'),
    broken: kind('broken'),
  }
}
