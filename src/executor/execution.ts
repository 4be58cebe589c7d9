import type { FragmentDefinitionNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql'

/** The variables of an operation after coercion. */
export type CoercedVariables = {
  /** By name. */
  readonly variables: Readonly<Record<string, unknown>>
  /** For functions of graphql-js and `info`: the same object, or since graphql 17 one that also has the definitions. */
  readonly variableValues: Record<string, unknown>
}

/** The state that all fields of one execution share. */
export type Execution = CoercedVariables & {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly context: unknown
  readonly errorCollector: ErrorCollector
}

/** A response path, as a linked list from its last key to its first. graphql-js has the same one in `info.path`. */
export type ResponsePath = {
  readonly prev: ResponsePath | undefined
  readonly key: string | number
  readonly typename: string | undefined
}

/** The errors of one execution, in the order in which they occurred. */
export class ErrorCollector {
  readonly errors: GraphQLError[] = []
  #isClosed = false
  #nullPaths: Set<ResponsePath | undefined> | undefined

  /**
   * Adds an error, unless its path lies below a null: that part is not in the response, which may already have been sent.
   * @param nullPath the path of the null that replaces the failed value; undefined if all data becomes null
   */
  add(error: GraphQLError, nullPath: ResponsePath | undefined): void {
    this.#nullPaths ??= new Set()
    if (this.#nullPaths.has(undefined)) return
    for (let path = nullPath; path; path = path.prev) if (this.#nullPaths.has(path)) return
    this.#nullPaths.add(nullPath)
    this.errors.push(error)
  }

  /** True after the result was returned. On graphql 17, fields that are still pending are not completed then. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Closes the collector and returns the result, so that it can end a chain of promises. */
  close<Result>(result: Result): Result {
    this.#isClosed = true
    return result
  }
}

export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
