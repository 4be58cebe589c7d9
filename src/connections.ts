import type { Server } from 'node:http'

/** How much and how long a connection may take, at each server of ours. Bytes and milliseconds. */
export type ConnectionLimits = {
  readonly headerBytes: number
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  /** How long requests in flight may take to finish once the server is told to stop. */
  readonly drainTimeoutMs: number
}

/** How often Node looks for connections that are over a time limit: they end this much later at most. */
const CHECK_CONNECTIONS_MS = 1_000

/** Fastify's settings for these limits. */
export const connectionOptions = (limits: ConnectionLimits) => ({
  requestTimeout: limits.requestTimeoutMs,
  keepAliveTimeout: limits.keepAliveTimeoutMs,
  http: {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: CHECK_CONNECTIONS_MS,
  },
  forceCloseConnections: 'idle' as const,
})

/** Lets requests in flight finish while the limit lasts, then closes. */
export async function drained(
  app: { readonly server: Server; close(): Promise<unknown> },
  { drainTimeoutMs }: ConnectionLimits,
): Promise<void> {
  // What has begun and goes on too long would keep the server open: Node no longer looks at time limits by then.
  const end = setTimeout(() => app.server.closeAllConnections(), drainTimeoutMs).unref()
  await app.close()
  clearTimeout(end)
}

/** RFC 9112 §3.2.2: a request may name the whole address; where it came in is this server all the same. */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target
  const url = URL.parse(target)
  return url ? url.pathname + url.search : target
}
