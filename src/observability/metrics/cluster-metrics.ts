import cluster from 'node:cluster'
import { on } from 'node:events'
import { AggregatorRegistry, Gauge, type Registry } from 'prom-client'

// `GET /metrics` reaches a worker, but prom-client collects the metrics of all workers in the primary. The worker sends
// a request to the primary and receives the collected text.

const METRICS_REQUEST = 'metrics'
/** prom-client waits 5 s for the workers. */
const RESPONSE_TIMEOUT_MS = 6_000

/** In the primary: responds to the workers' requests for the metrics of all workers. */
export function serveClusterMetrics(logError: (error: unknown) => void): void {
  const registry = new AggregatorRegistry()
  cluster.on('message', async (worker, message) => {
    if (message !== METRICS_REQUEST) return
    const clusterMetrics = await registry.clusterMetrics().catch(logError)
    worker.send({ clusterMetrics }, () => undefined)
  })
}

/**
 * In a worker: makes it respond to prom-client, with no metrics yet, because a request waits for every worker.
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

/**
 * In a worker: requests the metrics of all workers from the primary.
 * @throws Error when a worker or the primary does not respond
 */
export async function renderClusterMetrics(): Promise<string> {
  process.send?.(METRICS_REQUEST)
  const messages = on(process, 'message', { signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS) })
  for await (const [{ clusterMetrics }] of messages) if (clusterMetrics !== undefined) return clusterMetrics
  throw new Error('The primary did not respond.')
}
