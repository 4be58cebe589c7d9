/** What an operation of the small world is answered: as graphql-js does, and as stands here. Its number is permanent. */
export type ExecutorCase = {
  readonly id: string
  readonly title: string
  readonly operations: readonly (readonly [source: string, variables?: Record<string, unknown>])[]
}
