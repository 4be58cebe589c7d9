import type { FragmentDefinitionNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql'

/** One execution: what all of its fields share. */
export type Request = {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly context: unknown
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>
  /** What went wrong so far, in the order in which it did. */
  readonly errors: GraphQLError[]
}

/** Where in the answer a value stands, seen from below; graphql-js has it in `info`. */
export type Path = {
  readonly prev: Path | undefined
  readonly key: string | number
  readonly typename: string | undefined
}

export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
