import type { FragmentDefinitionNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql'

/** One execution: what all of its fields share. */
export type Execution = {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly context: unknown
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly errorCollector: ErrorCollector
}

/** Where in the answer a value stands, seen from below; graphql-js has it in `info`. */
export type ResponsePath = {
  readonly prev: ResponsePath | undefined
  readonly key: string | number
  readonly typename: string | undefined
}

/** What went wrong so far, in the order in which it did. */
export class ErrorCollector {
  readonly errors: GraphQLError[] = []
  #nulls: Set<ResponsePath | undefined> | undefined

  /**
   * What goes wrong below a null is not told: it is no part of the answer, which may even have been given by then.
   * @param path of the null that stands for the error; undefined: there is no data at all
   */
  add(error: GraphQLError, path: ResponsePath | undefined): void {
    this.#nulls ??= new Set()
    if (this.#nulls.has(undefined)) return
    for (let at = path; at; at = at.prev) if (this.#nulls.has(at)) return
    this.#nulls.add(path)
    this.errors.push(error)
  }
}

export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
