/** Operations on the sample schema, which must get the same result as from graphql-js. Ids are permanent. */
export type ExecutorCase = {
  readonly id: string
  readonly title: string
  readonly operations: readonly {
    readonly source: string
    readonly variables?: Readonly<Record<string, unknown>>
  }[]
}
