import { setTimeout as pause } from 'node:timers/promises'
import { startCopy } from '../store/program.ts'
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
  /** How long the load lasts before the signal, milliseconds. */
  readonly beforeMs: number
}

/** The slowest client's longest pause: longer than the server leaves an idle connection open. */
const LONGEST_PAUSE_MS = 1_000
const READ = { query: '{ book(id: 1) { title author } }' }
const ADD = {
  query: 'mutation { addBook(input: { title: "a", author: "b", cost: 1, numPages: 1 }) { id } }',
}

/** Starts a server, sets a load upon it, tells it to stop, and looks at every request to its end. */
export async function stopUnderLoad({ issuer, token, connections, beforeMs }: Load): Promise<Round> {
  const { url, child, exited } = await startCopy({
    OKTA_ISSUER: issuer,
    DATABASE_URL: 'file::memory:',
    AUDIT_LOG: 'off',
  })
  const ends: { readonly end: End; readonly sent: number }[] = []
  const { origin, pathname: path } = new URL(url)
  const clients = Array.from({ length: connections }, (_, index) =>
    // Every other client asks as fast as it can, the rest pause: connections are in use and idle.
    askOn(origin, { path, token, ...bodyOf(index) }, index % 2 === 0 ? 0 : pauseOf(index, connections), ends),
  )
  await pause(beforeMs)
  const told = performance.now()
  child.kill('SIGTERM')
  const exit = await exited
  const milliseconds = performance.now() - told
  await Promise.all(clients)
  return { ...counted(ends, told), exit, milliseconds }
}

const bodyOf = (index: number) => ({ body: JSON.stringify(index % 8 === 7 ? ADD : READ) })
const pauseOf = (index: number, connections: number) => Math.ceil((LONGEST_PAUSE_MS * index) / connections)

/** Asks until nobody is there. */
async function askOn(
  origin: string,
  ask: Ask,
  pauseMs: number,
  ends: { end: End; sent: number }[],
): Promise<void> {
  const connection = createConnection(origin)
  for (;;) {
    const sent = performance.now()
    const end = await connection.ask(ask)
    ends.push({ end, sent })
    // Another copy would take it from here on.
    if (end.kind !== 'answered' || end.last) break
    if (pauseMs > 0) await pause(pauseMs)
  }
  connection.close()
}

function counted(ends: readonly { readonly end: End; readonly sent: number }[], told: number) {
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
