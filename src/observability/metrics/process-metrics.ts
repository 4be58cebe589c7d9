import { type Aggregator, collectDefaultMetrics, Gauge, type Registry } from 'prom-client'

/** Values of a running server that are read at each scrape. */
type ServerState = {
  /** Returns undefined for SQLite, which has no connection pool. */
  readonly getPoolUsage: () => Readonly<Record<'inUse' | 'idle' | 'waiting', number>> | undefined
  /** Returns, for each dependency, true when it is available. */
  readonly checkDependencies: () => Promise<Readonly<Record<string, boolean>>>
  readonly countInFlight: () => number
  readonly countConnections: () => Promise<number>
  readonly countBufferedBytes: () => number
  readonly countCachedTokens: () => number
  readonly getKeySet: () => { readonly size: number; readonly ageSeconds: number }
}

type GaugeOptions = {
  readonly help: string
  /** Combines the values of several workers (WORKERS above 1). */
  readonly aggregator: Aggregator
  readonly label?: string
  /** Reads the value at each scrape; with `label`, one for each value of the label. */
  readonly read: () => GaugeValue | Promise<GaugeValue>
}
type GaugeValue = number | Readonly<Record<string, number | boolean>>

function addGauge(registry: Registry, name: string, options: GaugeOptions): void {
  const { help, aggregator, label = '', read } = options
  new Gauge({
    name,
    help,
    aggregator,
    labelNames: label === '' ? [] : [label],
    registers: [registry],
    async collect() {
      const value = await read()
      if (typeof value === 'number') return this.set(value)
      for (const [labelValue, one] of Object.entries(value)) this.set({ [label]: labelValue }, Number(one))
    },
  })
}

/** Adds metrics of the process: memory, CPU, event loop, garbage collection, version. */
export function addProcessMetrics(registry: Registry, version: string): void {
  collectDefaultMetrics({ register: registry })
  let previous = performance.eventLoopUtilization()
  addGauge(registry, 'fakebook_event_loop_utilization', {
    help: 'Share of the time since the last scrape in which the event loop was busy, 0 to 1.',
    aggregator: 'max',
    read() {
      const current = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(current, previous)
      previous = current
      return utilization
    },
  })
  new Gauge({
    name: 'fakebook_build_info',
    help: 'Always 1; the labels are the versions of the API and of Node.',
    aggregator: 'first',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.versions.node }, 1)
}

/** Adds gauges of the server: requests, connections, keys, cached tokens and the availability of its dependencies. */
export function addServerGauges(registry: Registry, server: ServerState): void {
  const { getPoolUsage, checkDependencies, countInFlight, countConnections, countBufferedBytes } = server
  const { countCachedTokens, getKeySet } = server
  // A scrape reads the gauges in this order: the check of the dependencies takes a connection of the pool.
  const gauges: Readonly<Record<string, GaugeOptions>> = {
    fakebook_store_connections: {
      help: 'Connections to PostgreSQL that are in use or idle, and requests waiting for one; none with SQLite.',
      aggregator: 'sum',
      label: 'state',
      read() {
        const use = getPoolUsage()
        return use ? { in_use: use.inUse, idle: use.idle, waiting: use.waiting } : {}
      },
    },
    fakebook_ready: {
      help: 'Availability of each dependency of the API: 1 or 0.',
      aggregator: 'min',
      label: 'part',
      read: checkDependencies,
    },
    fakebook_requests_in_flight: { help: 'Requests in progress.', aggregator: 'sum', read: countInFlight },
    fakebook_connections: { help: 'Open connections to the API.', aggregator: 'sum', read: countConnections },
    fakebook_buffered_bytes: {
      help: 'Bytes of request bodies and responses that are buffered for clients.',
      aggregator: 'sum',
      read: countBufferedBytes,
    },
    fakebook_token_cache_size: {
      help: 'Verified tokens in the cache.',
      aggregator: 'sum',
      read: countCachedTokens,
    },
    fakebook_keys: { help: 'Keys of the issuer in use.', aggregator: 'max', read: () => getKeySet().size },
    fakebook_keys_age_seconds: {
      help: 'Seconds since the issuer’s keys were fetched; +Inf before the first fetch.',
      aggregator: 'max',
      read: () => getKeySet().ageSeconds,
    },
  }
  for (const [name, options] of Object.entries(gauges)) addGauge(registry, name, options)
}
