/** A published way round another system, with a schema of its own. Its number is permanent. */
export type Bypass = {
  readonly id: string
  readonly title: string
  readonly schema: string
  /** Coordinates that the start is refused for. */
  readonly rejectedCoordinates?: readonly string[]
  /** What someone without scopes is denied: coordinate and path. */
  readonly documents?: readonly (readonly [
    document: string,
    denied: string,
    variables?: Record<string, unknown>,
  ])[]
}
