/** A problem that lasts until an operator acts, as the cause of an ApiError. The message says what to do. */
export class LastingError extends Error {
  override readonly name = 'LastingError'
  /** Shown by `/readyz`. */
  readonly reason: string

  constructor(message: string, reason: string) {
    super(message)
    this.reason = reason
  }
}

/** Returns the lasting error that caused an error. */
export const findLastingError = (error: unknown): LastingError | undefined =>
  error instanceof Error && error.cause instanceof LastingError ? error.cause : undefined
