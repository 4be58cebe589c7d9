import cluster from 'node:cluster'
import type { Config } from '../../config/config.ts'
import { isAuditLogFile } from '../../observability/audit-log.ts'
import { createLogger } from '../../observability/logger.ts'
import { serveClusterMetrics } from '../../observability/metrics/cluster-metrics.ts'
import { announce } from '../announce.ts'
import { exitOnUncaughtException, shutDownOnSignals } from '../lifecycle.ts'
import { WorkerPool } from './worker-pool.ts'

/** Time after the drain timeouts at which a worker counts as stuck. */
const STOP_MARGIN_MS = 5_000

/**
 * Runs `config.workers` copies of the API on one port. SIGTERM and SIGINT drain all workers, SIGUSR2 replaces them one by
 * one, SIGHUP makes them reopen an audit log file.
 */
export async function startPrimary(config: Config): Promise<void> {
  const { drainDelayMs, drainTimeoutMs } = config.http
  const log = await createLogger(config)
  exitOnUncaughtException(log)
  // The workers accept connections from one shared socket. With Node's default, the primary accepts and hands them over,
  // and those that are on their way to a worker are lost when it stops.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  // JSON has no Infinity, which is the age of keys that were never fetched.
  cluster.setupPrimary({ serialization: 'advanced' })
  const stopTimeoutMs = drainDelayMs + 2 * drainTimeoutMs + STOP_MARGIN_MS
  const pool = new WorkerPool({ size: config.workers, stopTimeoutMs, log })
  // Each worker waits for the drain delay itself.
  shutDownOnSignals([pool], 0)
  process.on('SIGUSR2', () => pool.replaceAll())
  if (isAuditLogFile(config.auditLog)) process.on('SIGHUP', () => pool.signal('SIGHUP'))
  serveClusterMetrics((error) => log.error(error))
  announce(config, log, { api: `http://localhost:${await pool.start()}` })
}
