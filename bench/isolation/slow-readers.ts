import { Agent, type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { catalogueBook, FIRST_FREE_ID } from '../../test/support/database/book-catalogue.ts'
import { insertBooks } from '../../test/support/database/insert-books.ts'
import { replaceWorkers } from '../drain/load-round.ts'
import type { BenchFixture } from '../support/bench-fixture.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { type Disturbance, UNDISTURBED_MS } from './disturbance.ts'
import { measurePhases } from './measure.ts'

const READERS = 12
/** Longer than idle connections stay open, and with the time of reading half of DRAIN_TIMEOUT. */
const PAUSE_MS = 3_000
const READ_MS = 2_000
/** A page of titles of 1,000 bytes makes a response of 4.0 MB: below RESPONSE_LIMIT, and above the sockets' buffers. */
const BOOKS = 100
const TITLE = 'ë'.repeat(500)
const aliases = Array.from({ length: 40 }, (_, index) => `a${index}: title`).join(' ')
const QUERY = JSON.stringify({
  query: `{ books(first: ${BOOKS}, after: ${FIRST_FREE_ID - 1}) { ${aliases} } }`,
})

/** Reads large responses slowly while the API stops, and while its workers are replaced. */
export async function measureSlowReaders(fixture: BenchFixture): Promise<readonly Disturbance[]> {
  const url = await fixture.createDatabase('SQLite')
  await insertBooks(url, BOOKS, (index) => ({ ...catalogueBook(index), title: TITLE }))
  return [await readDuringStop(fixture, url), await readDuringReplacement(fixture, url)]
}

async function readDuringStop(fixture: BenchFixture, url: string): Promise<Disturbance> {
  const server = await fixture.startApi({ DATABASE_URL: url })
  const responses = await openResponses(server, fixture.token)
  const [status, ...areComplete] = await Promise.all([server.stop(), ...responses.map(readSlowly)])
  return describeReaders(`${READERS} slow readers and SIGTERM, exit status ${status}`, areComplete)
}

async function readDuringReplacement(fixture: BenchFixture, url: string): Promise<Disturbance> {
  const workers = 2
  // Starting workers take the cores for a while, and the reads must not be shed then.
  const limits = { LOOP_DELAY_LIMIT: '600000' }
  const server = await fixture.startApi({ DATABASE_URL: url, WORKERS: String(workers), ...limits })
  try {
    const responses = await openResponses(server, fixture.token)
    let areComplete: readonly boolean[] = []
    const phases = await measurePhases(server, fixture.token, {
      before: () => sleep(UNDISTURBED_MS),
      async during() {
        const replaced = replaceWorkers(server, workers)
        areComplete = await Promise.all(responses.map(readSlowly))
        await replaced
      },
    })
    return { ...describeReaders(`${READERS} slow readers and SIGUSR2, 2 workers`, areComplete), phases }
  } finally {
    await server.stop()
  }
}

function describeReaders(title: string, areComplete: readonly boolean[]): Disturbance {
  const cut = areComplete.filter((isComplete) => !isComplete).length
  return { title, outcome: `${areComplete.length - cut} complete, ${cut} cut`, isMet: cut === 0 }
}

/** Requests the large page from each reader in turn, so that no request is shed, and reads nothing but the head. */
async function openResponses(server: ServerProcess, token: string): Promise<readonly IncomingMessage[]> {
  const responses: IncomingMessage[] = []
  while (responses.length < READERS) {
    const response = await openResponse(server, token)
    if (response.statusCode !== 200) throw new Error(`A reader got HTTP ${response.statusCode}`)
    responses.push(response)
  }
  return responses
}

const openResponse = ({ url }: ServerProcess, token: string) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    request(url, { agent: new Agent({ keepAlive: true }), method: 'POST', headers })
      .on('response', resolve)
      .on('error', reject)
      .end(QUERY)
  })

/** Pauses, and then reads a response in small pieces. @returns whether it is complete */
async function readSlowly(response: IncomingMessage): Promise<boolean> {
  const length = Number(response.headers['content-length'])
  await sleep(PAUSE_MS)
  try {
    for await (const chunk of response) await sleep((READ_MS * chunk.length) / length)
  } catch {
    return false
  }
  return response.complete
}
