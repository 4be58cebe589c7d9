import { GraphQLSchema } from 'graphql'

/**
 * Rejects a schema of another copy of graphql, or another value. graphql-js compares types by their classes, so that two
 * copies of it do not recognize each other's.
 * @param caller the name of the public function, for the message
 */
export function assertSameGraphQL(schema: GraphQLSchema, caller: string): void {
  if (schema instanceof GraphQLSchema) return
  throw new TypeError(
    Object.prototype.toString.call(schema) === '[object GraphQLSchema]'
      ? `The schema that ${caller}() takes was created by another copy of the package graphql. Run "npm ls graphql", and install one version only.`
      : `${caller}() takes a GraphQLSchema.`,
  )
}
