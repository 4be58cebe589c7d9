import type { Books } from '../database/book-repository.ts'
import type { Database } from '../database/database.ts'
import { Refusal } from '../errors/api-error.ts'
import { type Check, readiness } from '../http/health.ts'
import { VERSION } from '../lib/version.ts'
import { createMetrics, type Metrics } from '../observability/metrics/metrics.ts'
import { REFUSAL_REASONS } from './authentication.ts'

type Parts = {
  readonly database: Database
  /** The token room; it is made later than what counts for it. */
  readonly token: () => {
    readonly keys: { readonly size: number; readonly age: number }
    remembered(): number
  }
  /** What the service leans on. */
  readonly checks: () => readonly Check[]
  /** Requests under way in the server. */
  readonly inFlight: () => number
  /** Open connections to the server. */
  readonly connections: () => Promise<number>
}

/** The service's numbers, and where each is looked up when somebody asks. */
export const serviceMetrics = ({ database, token, checks, inFlight, connections }: Parts): Metrics =>
  createMetrics({
    version: VERSION,
    reasons: REFUSAL_REASONS,
    keys: () => token().keys,
    rememberedTokens: () => token().remembered(),
    pool: database.use,
    ready: () => readyParts(checks()),
    inFlight,
    connections,
  })

/** The books, each question to them timed. */
export const timedBooks = (metrics: Metrics, books: Books): Books => metrics.timed(books, isFailure)

/** A refusal says no on purpose, but when the store is away. */
const isFailure = (error: unknown) =>
  !(error instanceof Refusal) || error.details.code === 'SERVICE_UNAVAILABLE'

/** Whether each part without which the service cannot serve is there. */
async function readyParts(checks: readonly Check[]): Promise<Record<string, boolean>> {
  const { reasons } = await readiness(checks)
  const needed = checks.filter(({ reason }) => reason !== undefined)
  return Object.fromEntries(needed.map(({ name }) => [name, reasons[name] === undefined]))
}
