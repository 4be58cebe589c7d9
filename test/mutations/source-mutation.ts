/** A plausible mistake in a source file: a piece of code that occurs in it exactly once, and its replacement. */
export type SourceMutation = {
  /** The file without `.ts`, relative to the folder of the suite. */
  readonly file: string
  readonly find: string
  readonly replace: string
}
