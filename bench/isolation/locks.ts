import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { BenchFixture } from '../support/bench-fixture.ts'
import {
  DISTURBED_MS,
  type Disturbance,
  formatStatuses,
  sendRepeatedly,
  UNDISTURBED_MS,
} from './disturbance.ts'
import { measurePhases } from './measure.ts'

/** More than DATABASE_POOL. */
const WRITERS = 16
const WRITE = 'mutation { addBook(input: { title: "a", author: "b", cost: 1, numPages: 1 }) { id } }'

/** Writes while another connection locks the table against writes, as CREATE INDEX does. */
export async function measureLocks(fixture: BenchFixture): Promise<readonly Disturbance[]> {
  const url = await fixture.createDatabase('PostgreSQL')
  const server = await fixture.startApi({ DATABASE_URL: url })
  const { token } = fixture
  const locker = new pg.Client({ connectionString: url })
  await locker.connect()
  try {
    const stopping = new AbortController()
    let writes: Promise<readonly number[]> = Promise.resolve([])
    const phases = await measurePhases(server, token, {
      before: () => sleep(UNDISTURBED_MS),
      async during() {
        await locker.query('begin; lock table books in share mode')
        writes = sendRepeatedly(server, token, WRITE, WRITERS, stopping.signal)
        await sleep(DISTURBED_MS)
        stopping.abort()
        await locker.query('rollback')
      },
    })
    const outcome = `writes: ${formatStatuses(await writes)}`
    return [{ title: 'writes to a locked table, PostgreSQL', phases, outcome }]
  } finally {
    await locker.end()
    await server.stop()
  }
}
