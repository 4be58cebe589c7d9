/** An error that is shown to the user of a command: the message alone, without a stack trace. */
export class ExitError extends Error {
  /** The exit status of the process: 1 failed, 2 wrong usage or settings. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}
