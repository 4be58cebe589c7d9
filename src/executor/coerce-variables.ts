import {
  GraphQLID,
  type GraphQLSchema,
  GraphQLString,
  getNullableType,
  getVariableValues,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql'

/** Coerces the variables of one operation, as graphql-js' `getVariableValues`. */
export type CoerceVariables = (
  sent: Readonly<Record<string, unknown>>,
) => ReturnType<typeof getVariableValues>

/** As graphql-js: who sends thousands of wrong values is told of so many. */
const MOST_ERRORS = 50

/** A text for an ID or a String is what it is; where all variables are such, nothing else is looked at. */
export function createCoerceVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
): CoerceVariables {
  const coerce: CoerceVariables = (sent) =>
    getVariableValues(schema, definitions, sent, { maxErrors: MOST_ERRORS })
  if (!definitions.every((definition) => isText(schema, definition))) return coerce
  const names = definitions.map(({ variable }) => variable.name.value)
  return function coerceTexts(sent) {
    const coerced: Record<string, unknown> = {}
    for (const name of names) {
      const value = Object.hasOwn(sent, name) ? sent[name] : undefined
      if (typeof value !== 'string') return coerce(sent)
      coerced[name] = value
    }
    return { coerced }
  }
}

function isText(schema: GraphQLSchema, { type, variable }: VariableDefinitionNode): boolean {
  // On an ordinary object this is no name.
  if (variable.name.value === '__proto__') return false
  const wanted: unknown = getNullableType(typeFromAST(schema, type))
  return wanted === GraphQLID || wanted === GraphQLString
}
