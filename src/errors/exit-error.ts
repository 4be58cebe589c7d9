/** An error that ends a command: its message is printed without a stack trace, and the process exits with `exitCode`. */
export class ExitError extends Error {
  override readonly name: string = 'ExitError'
  /** 1: the command failed. 2: its arguments or settings are wrong. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** Wrong usage of a command. The message says what would be right. */
export class UsageError extends ExitError {
  override readonly name = 'UsageError'

  constructor(message: string) {
    super(message, 2)
  }
}
