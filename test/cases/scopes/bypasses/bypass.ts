/** A published bypass of another authorization system, with a schema of its own. Ids are permanent. */
export type Bypass = {
  readonly id: string
  readonly title: string
  readonly schema: string
  /** The coordinates for which `readValidatedRules` rejects the schema. */
  readonly rejectedCoordinates?: readonly string[]
  /** Operations, each with the denials of a caller without scopes as `coordinate path`, sorted. */
  readonly documents?: readonly {
    readonly document: string
    readonly denied: readonly string[]
    readonly variables?: Readonly<Record<string, unknown>>
  }[]
}
