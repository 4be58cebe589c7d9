import type { BookRepository } from '../database/book-repository.ts'
import type { Database } from '../database/database.ts'
import { ApiError } from '../errors/api-error.ts'
import { checkReadiness, type HealthCheck } from '../http/health.ts'
import { VERSION } from '../lib/version.ts'
import { createMetrics, type Metrics } from '../observability/metrics/metrics.ts'
import { REJECTION_REASONS } from './authentication.ts'

type Parts = {
  readonly database: Database
  /** The token room; it is made later than what counts for it. */
  readonly token: () => {
    readonly keys: { readonly size: number; readonly ageSeconds: number }
    remembered(): number
  }
  /** What the service leans on. */
  readonly checks: () => readonly HealthCheck[]
  /** Requests under way in the server. */
  readonly inFlight: () => number
  /** Open connections to the server. */
  readonly connections: () => Promise<number>
}

/** The service's numbers, and where each is looked up when somebody asks. */
export const createServiceMetrics = ({ database, token, checks, inFlight, connections }: Parts): Metrics =>
  createMetrics({
    version: VERSION,
    rejectionReasons: REJECTION_REASONS,
    getKeySet: () => token().keys,
    countCachedTokens: () => token().remembered(),
    getPoolUse: database.poolUsage,
    checkDependencies: () => readyParts(checks()),
    countInFlight: inFlight,
    countConnections: connections,
  })

/** The books, each question to them timed. */
export const measureRepository = (metrics: Metrics, books: BookRepository): BookRepository =>
  metrics.measureRepository(books, isFailure)

/** A refusal says no on purpose, but when the store is away. */
const isFailure = (error: unknown) =>
  !(error instanceof ApiError) || error.details.code === 'SERVICE_UNAVAILABLE'

/** Whether each part without which the service cannot serve is there. */
async function readyParts(checks: readonly HealthCheck[]): Promise<Record<string, boolean>> {
  const { reasons } = await checkReadiness(checks)
  const needed = checks.filter(({ findFailure }) => findFailure !== undefined)
  return Object.fromEntries(needed.map(({ name }) => [name, reasons[name] === undefined]))
}
