/** A published way round another system, with a schema of its own. Its number is permanent. */
export type Bypass = {
  readonly id: string
  readonly what: string
  readonly schema: string
  /** Coordinates that the start is refused for. */
  readonly refused?: readonly string[]
  /** What someone without scopes is denied: coordinate and path. */
  readonly asks?: readonly (readonly [
    document: string,
    denied: string,
    variables?: Record<string, unknown>,
  ])[]
}
