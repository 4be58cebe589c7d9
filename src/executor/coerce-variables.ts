import {
  GraphQLID,
  type GraphQLSchema,
  GraphQLString,
  getNullableType,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql'
import { coerceVariables, isGraphQL17 } from './graphql-version.ts'

/** Coerces the variables of one operation, as graphql-js' `getVariableValues` does. */
export type CoerceVariables = (
  variables: Readonly<Record<string, unknown>>,
) => ReturnType<typeof coerceVariables>

/** Options of graphql-js' `execute`. */
export type CoercionOptions = {
  /** Defaults to 50. */
  readonly maxCoercionErrors?: number
  /** Leaves out "Did you mean" in errors. Defaults to false. */
  readonly hideSuggestions?: boolean
}

/**
 * Creates the coercion for an operation. If every variable is an ID or a String, strings are taken as they are, which
 * is faster; anything else is left to graphql-js.
 */
export function createCoerceVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  { maxCoercionErrors: maxErrors = 50, hideSuggestions = false }: CoercionOptions,
): CoerceVariables {
  const coerce: CoerceVariables = (variables) =>
    coerceVariables(schema, definitions, variables, { maxErrors, hideSuggestions })
  // Since graphql 17, resolvers also get the definitions.
  if (isGraphQL17 || !definitions.every((definition) => isStringOrId(schema, definition))) return coerce
  const names = definitions.map(({ variable }) => variable.name.value)
  return function coerceStrings(variables) {
    const coerced: Record<string, unknown> = {}
    for (const name of names) {
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined
      if (typeof value !== 'string') return coerce(variables)
      coerced[name] = value
    }
    return { variables: coerced, variableValues: coerced }
  }
}

function isStringOrId(schema: GraphQLSchema, { type, variable }: VariableDefinitionNode): boolean {
  // Assigning `__proto__` to an ordinary object does not create a property.
  if (variable.name.value === '__proto__') return false
  const nullableType: unknown = getNullableType(typeFromAST(schema, type))
  return nullableType === GraphQLID || nullableType === GraphQLString
}
