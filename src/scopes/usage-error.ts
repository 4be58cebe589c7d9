/** Wrong usage of a command. The message says what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
