import type { BookRepository } from '../database/book-repository.ts'
import { ApiError } from '../errors/api-error.ts'
import type { Metrics } from '../observability/metrics/metrics.ts'

/** Wraps the repository's methods to record their duration and failures. */
export const measureRepository = (metrics: Metrics, books: BookRepository): BookRepository =>
  metrics.measureRepository(books, isFailure)

/** Client errors are expected; an outage of the database is a failure. */
const isFailure = (error: unknown) =>
  !(error instanceof ApiError) || error.details.code === 'SERVICE_UNAVAILABLE'
