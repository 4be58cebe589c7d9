import type { FragmentDefinitionNode, GraphQLSchema } from 'graphql'

/** The inputs of compiling one variant of an operation. */
export type CompileContext = {
  readonly schema: GraphQLSchema
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  /** The variables that `@skip` and `@include` depend on. */
  readonly variables: Readonly<Record<string, unknown>>
  /** The number of compiled fields of all documents, shared by reference. */
  readonly compiledFields: { count: number }
}
