import { setTimeout as sleep } from 'node:timers/promises'
import { startTcpProxy } from '../../test/support/tcp-proxy.ts'
import type { BenchFixture } from '../support/bench-fixture.ts'
import { DISTURBED_MS, type Disturbance, UNDISTURBED_MS } from './disturbance.ts'
import { measurePhases } from './measure.ts'

const REDIS_PORT = 6379
const FIRST_MS = 1_000
/** High enough that no request is rejected. */
const LIMITS = { RATE_LIMIT: '1000000', CLIENT_RATE_LIMIT: '1000000' }

/** Lets Redis, which counts requests, fall silent and return. */
export async function measureRedis(fixture: BenchFixture): Promise<readonly Disturbance[]> {
  const proxy = await startTcpProxy(REDIS_PORT, '127.0.0.1')
  const server = await fixture.startApi({ REDIS_URL: `redis://127.0.0.1:${proxy.port}`, ...LIMITS })
  try {
    const { before, first, later, restored } = await measurePhases(server, fixture.token, {
      before: () => sleep(UNDISTURBED_MS),
      first() {
        proxy.disconnect('silent')
        return sleep(FIRST_MS)
      },
      later: () => sleep(DISTURBED_MS),
      restored() {
        proxy.restore()
        return sleep(UNDISTURBED_MS)
      },
    })
    const outcome = '–'
    return [
      { title: 'Redis is silent, first second', phases: { before, during: first }, outcome },
      { title: 'Redis is silent, after that', phases: { before, during: later }, outcome },
      { title: 'Redis answers again', phases: { before, during: restored }, outcome },
    ]
  } finally {
    await server.stop()
    await proxy.close()
  }
}
