export type ConnectionLimits = {
  /** The most open connections. */
  readonly maxConnections: number
  readonly maxHeaderBytes: number
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  /** The time that requests in flight have to finish when the server closes. */
  readonly drainTimeoutMs: number
}

/** Node's interval for closing connections past a time limit, so they can exceed it by this much. */
const CHECK_INTERVAL_MS = 1_000

/** Translates the limits into Fastify's options; `maxConnections` is set on the server itself. */
export const createFastifyOptions = (limits: ConnectionLimits) => ({
  requestTimeout: limits.requestTimeoutMs,
  keepAliveTimeout: limits.keepAliveTimeoutMs,
  http: {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
  },
  forceCloseConnections: 'idle' as const,
})
