import cluster from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import { createLogger } from '../../observability/logger.ts'
import { joinClusterMetrics } from '../../observability/metrics/cluster-metrics.ts'
import { startApiServer } from '../api-server.ts'
import { exitOnUncaughtException, ignoreHangup, shutDown } from '../lifecycle.ts'
import { explainListenErrors } from '../listen-errors.ts'
import { READY_MESSAGE, REPLACED_SIGNAL } from './worker-pool.ts'

const READY_POLL_MS = 100

/** Runs one copy of the API in a process that the primary forked. */
export async function startWorker(config: Config, issuer: string): Promise<void> {
  const id = cluster.worker?.id
  exitOnUncaughtException((await createLogger(config)).child({ worker: id }))
  const context = { id, shareMetrics: joinClusterMetrics() }
  const started = explainListenErrors('PORT', () => startApiServer(config, issuer, { worker: context }))
  let isStopping = false
  async function stop({ drainDelayMs = config.http.drainDelayMs, keepIdleConnections = true } = {}) {
    if (isStopping) return
    isStopping = true
    const api = await started
    // Without a drain delay, `/readyz` of a port that other workers serve must not answer 503.
    await shutDown([drainDelayMs === 0 ? { close: api.close } : api], { drainDelayMs, keepIdleConnections })
  }
  process.on('SIGTERM', () => stop())
  process.on('SIGINT', () => stop({ keepIdleConnections: false }))
  ignoreHangup()
  process.on(REPLACED_SIGNAL, () => stop({ drainDelayMs: 0 }))
  cluster.worker?.on('disconnect', () => {
    // The primary has exited, and Node would exit this worker at once. Prevents that, so that requests in flight finish,
    // unless a shutdown is already in progress: then the primary exited on a second signal.
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = !isStopping
    stop({ drainDelayMs: 0 })
  })
  const api = await started
  while (!(await api.isReady())) await sleep(READY_POLL_MS)
  process.send?.(READY_MESSAGE)
}
