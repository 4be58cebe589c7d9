import cluster from 'node:cluster'
import { on } from 'node:events'
import { AggregatorRegistry, Gauge, type Registry } from 'prom-client'

// `GET /metrics` reaches a worker, but prom-client collects the metrics of all workers in the primary. The worker sends
// a request to the primary and receives the collected text.

const METRICS_REQUEST = 'metrics'
const METRICS_FAILED = 'metrics failed'
/** prom-client waits 5 s for the workers. */
const RESPONSE_TIMEOUT_MS = 6_000

/** In the primary: responds to the workers' requests for the metrics of all workers. */
export function serveClusterMetrics(logError: (error: unknown) => void): void {
  const registry = new AggregatorRegistry()
  cluster.on('message', async (worker, message) => {
    if (message !== METRICS_REQUEST) return
    const clusterMetrics = await registry.clusterMetrics().catch(logError)
    worker.send(clusterMetrics === undefined ? METRICS_FAILED : { clusterMetrics }, () => undefined)
  })
}

/**
 * In a worker: answers prom-client with no metrics until the server is built, since a collection fails if one worker does
 * not answer.
 * @returns a function that adds the metrics of this process
 */
export function joinClusterMetrics(): (registry: Registry) => void {
  AggregatorRegistry.setRegistries([])
  new AggregatorRegistry()
  return function shareMetrics(registry) {
    new Gauge({ name: 'fakebook_workers', help: 'Running API processes.', registers: [registry] }).set(1)
    AggregatorRegistry.setRegistries([registry])
  }
}

/** In a worker: requests the metrics of all workers from the primary. */
export async function renderClusterMetrics(): Promise<string> {
  process.send?.(METRICS_REQUEST)
  const messages = on(process, 'message', { signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS) })
  try {
    for await (const [message] of messages) {
      if (message.clusterMetrics !== undefined) return message.clusterMetrics
      if (message === METRICS_FAILED) break
    }
  } catch {
    // Aborted: the primary does not respond.
  }
  throw new Error(`The metrics of all workers were not collected within ${RESPONSE_TIMEOUT_MS / 1_000} s.`)
}
