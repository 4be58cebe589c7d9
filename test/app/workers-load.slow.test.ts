// Requests that a stop and a rolling replacement lose under load. The counts are printed, for docs/operating.md.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startReadinessProxy } from '../support/readiness-proxy.ts'
import { type LoadResult, startRequestLoad } from '../support/request-load.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { startWorkerProcesses, stopWorkerProcesses } from '../support/worker-processes.ts'

const CLIENTS = 16
const WARM_UP_REQUESTS = 500

let issuer: StubIssuer
const results: Record<string, LoadResult> = {}
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(async () => {
  await issuer.close()
  console.table(results)
})

const start = (settings: Record<string, string> = {}) =>
  startWorkerProcesses(issuer.url, { LOG_LEVEL: 'info', ...settings })

describe('clients that connect to the port', () => {
  test('a stop refuses new connections and breaks few that are being accepted', async () => {
    const cluster = await start()
    const load = startRequestLoad(cluster.origin, '/healthz', CLIENTS)
    await load.untilAnswered(WARM_UP_REQUESTS)
    expect(await stopWorkerProcesses(cluster)).toBe(0)
    const result = await load.stop()
    results['stop, direct'] = result
    expect(result.failed).toBe(0)
    // At most one connection of each client can be in the kernel's queue when the listener closes.
    expect(result.lost).toBeLessThanOrEqual(CLIENTS)
  })

  test('a rolling replacement loses no request', async () => {
    const cluster = await start()
    const load = startRequestLoad(cluster.origin, '/healthz', CLIENTS)
    await load.untilAnswered(WARM_UP_REQUESTS)
    cluster.child.kill('SIGUSR2')
    await cluster.waitForOutput(/all workers replaced/)
    const result = await load.stop()
    results['replacement, direct'] = result
    expect(result).toEqual({ answered: expect.any(Number), refused: 0, lost: 0, failed: 0 })
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })
})

describe('clients behind a proxy that respects /readyz', () => {
  test('the stop of one of two instances loses no request', async () => {
    const [stopped, other] = [await start({ DRAIN_DELAY: '3000' }), await start()]
    const proxy = await startReadinessProxy([stopped.origin, other.origin])
    const load = startRequestLoad(proxy.origin, '/healthz', CLIENTS)
    await load.untilAnswered(WARM_UP_REQUESTS)
    expect(await stopWorkerProcesses(stopped)).toBe(0)
    const result = await load.stop()
    results['stop, behind a proxy'] = result
    expect(result).toEqual({ answered: expect.any(Number), refused: 0, lost: 0, failed: 0 })
    proxy.close()
    expect(await stopWorkerProcesses(other)).toBe(0)
  })

  test('a rolling replacement of the only instance loses no request', async () => {
    const cluster = await start()
    const proxy = await startReadinessProxy([cluster.origin])
    const load = startRequestLoad(proxy.origin, '/healthz', CLIENTS)
    await load.untilAnswered(WARM_UP_REQUESTS)
    cluster.child.kill('SIGUSR2')
    await cluster.waitForOutput(/all workers replaced/)
    const result = await load.stop()
    results['replacement, behind a proxy'] = result
    expect(result).toEqual({ answered: expect.any(Number), refused: 0, lost: 0, failed: 0 })
    proxy.close()
    expect(await stopWorkerProcesses(cluster)).toBe(0)
  })
})
