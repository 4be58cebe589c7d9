import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../src/database/database.ts'
import { startTcpProxy } from '../../test/support/tcp-proxy.ts'
import type { BenchFixture } from '../support/bench-fixture.ts'
import { log } from '../support/report.ts'
import { DISTURBED_MS, type Disturbance } from './disturbance.ts'
import { measurePhases } from './measure.ts'

/** In each direction. */
const DELAY_MS = 250
/** 45 reads in a phase, about five at a time with the delay. */
const READS = { perSecond: 9, deadlineMs: 5_000 }

/** Delays every byte between the API and PostgreSQL: while reads are running, and from the start of another API. */
export async function measureLatency(fixture: BenchFixture): Promise<readonly Disturbance[]> {
  const url = new URL(await fixture.createDatabase('PostgreSQL'))
  await (await openDatabase(url.href)).destroy()
  const proxy = await startTcpProxy(Number(url.port || 5432), url.hostname)
  Object.assign(url, { hostname: '127.0.0.1', port: proxy.port })
  try {
    const run = () => sleep(DISTURBED_MS)
    const later = await measureApi(fixture, url.href, {
      before: run,
      during() {
        proxy.delay(DELAY_MS)
        return run()
      },
    })
    const fromStart = await measureApi(fixture, url.href, { during: run }).catch((error) => {
      log(String(error))
      return undefined
    })
    const databaseDelayMs = 2 * DELAY_MS
    return [
      {
        title: `PostgreSQL is suddenly ${databaseDelayMs} ms away`,
        phases: later,
        databaseDelayMs,
        outcome: '–',
      },
      {
        title: `PostgreSQL is ${databaseDelayMs} ms away from the start`,
        ...(fromStart && { phases: { before: later.before, during: fromStart.during } }),
        databaseDelayMs,
        outcome: fromStart ? '–' : 'the API does not start',
        isMet: fromStart !== undefined,
      },
    ]
  } finally {
    await proxy.close()
  }
}

async function measureApi<Name extends string>(
  fixture: BenchFixture,
  url: string,
  phases: Readonly<Record<Name, () => Promise<unknown>>>,
) {
  const server = await fixture.startApi({ DATABASE_URL: url })
  try {
    return await measurePhases(server, fixture.token, phases, READS)
  } finally {
    await server.stop()
  }
}
