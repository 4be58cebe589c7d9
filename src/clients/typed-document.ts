/** A generated GraphQL document with the types of its result and variables. */
export type TypedDocument<Result, Variables> = {
  toString(): string
  __apiType?: ((variables: Variables) => Result) | undefined
}
