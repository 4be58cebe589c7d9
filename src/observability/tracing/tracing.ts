import type { Route } from '../../lib/http-messages.ts'
import type { Instrument } from '../../lib/instrument.ts'

/** Where traces go, which there are, and what each tells of this copy. */
export type TraceSettings = {
  /** Undefined: there are no traces. */
  readonly url: string | undefined
  /** May hold a secret. */
  readonly headers: Readonly<Record<string, string>>
  /** How long a batch may take to be sent. */
  readonly timeoutMs: number
  readonly serviceName: string
  readonly attributes: Readonly<Record<string, string>>
  readonly sampler: string
  /** The share of requests that a ratio traces, 0 to 1. */
  readonly samplingRatio: number
}

/** A statement as the database ran it: its text without its values. */
export type ExecutedStatement = {
  readonly sql: string
  readonly durationMs: number
  readonly error?: unknown
}

export type Tracing = {
  /** Puts the server's span around a route, below the caller's if it has one. */
  readonly traceRoute: (route: Route) => Route
  /** Puts a span around a step. */
  readonly instrument: Instrument
  /** Adds the span of a statement that has just been run. */
  readonly recordStatement: (system: 'sqlite' | 'postgresql', run: ExecutedStatement) => void
  /** Sends what has not been sent yet, while the time-out lasts. */
  close(): Promise<void>
}
