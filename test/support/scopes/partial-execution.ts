// A second evaluator of lenient handling, slow and simple: graphql-js executes a schema without guards, in which the
// resolvers of exactly the denied places throw.
import {
  buildSchema,
  type DocumentNode,
  defaultTypeResolver,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  responsePathAsArray,
} from 'graphql'
import { collectSubfields } from 'graphql/execution/collectFields.js'
import { ALLOW_ALL, isSatisfied, type Rules } from '../../../src/scopes/rule.ts'
import { listInputCoordinates } from './execution-oracle.ts'

/** Builds a schema whose resolvers return values that depend on the path alone. */
export function buildValueSchema(text: string): GraphQLSchema {
  const schema = buildSchema(text)
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith('__'))
      for (const field of Object.values(type.getFields())) field.resolve = (_, __, ___, info) => resolve(info)
  return schema
}

function resolve({ path, returnType, schema }: GraphQLResolveInfo): unknown {
  const key = responsePathAsArray(path).join('.')
  const value = createValue(returnType, schema, key)
  return countCharacters(key) % 3 === 0 ? Promise.resolve(value) : value
}

function createValue(type: GraphQLOutputType, schema: GraphQLSchema, key: string): unknown {
  if (isNonNullType(type)) return createValue(type.ofType, schema, key)
  const returnedType = getNamedType(type)
  const possibleTypes = isAbstractType(returnedType) ? schema.getPossibleTypes(returnedType) : undefined
  // No object type may implement the interface.
  const items = possibleTypes?.length === 0 ? [] : ['a', 'b', 'c']
  if (isListType(type)) return items.map((item) => createValue(type.ofType, schema, key + item))
  if (!isCompositeType(type)) return type.name === 'Color' ? 'RED' : 1
  if (!possibleTypes) return {}
  const { name: __typename } = possibleTypes[countCharacters(key) % possibleTypes.length] ?? {}
  return __typename && { __typename }
}

/** Returns the sum of the character codes of a text. */
const countCharacters = (text: string) => [...text].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)

type PartialRequest = {
  readonly document: DocumentNode
  readonly variables: Record<string, unknown>
  readonly scopes: readonly string[]
}

/**
 * Executes a query; each denied place throws an error with its denied coordinates in `extensions.denied`.
 * @param schema of `buildValueSchema`; its resolvers are replaced
 */
export function executePartially(
  schema: GraphQLSchema,
  rules: Rules,
  { document, variables, scopes }: PartialRequest,
): ExecutionResult | Promise<ExecutionResult> {
  const granted = new Set(scopes)
  /** Returns the result, or a rejection if one of the coordinates is denied. */
  function rejectIfDenied<T>(coordinates: readonly string[], result: () => T): T | Promise<never> {
    const denied = coordinates.filter((one) => !isSatisfied(rules.get(one) ?? ALLOW_ALL, granted))
    if (denied.length === 0) return result()
    return Promise.reject(new GraphQLError('denied', { extensions: { denied } }))
  }
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith('__'))
      for (const field of Object.values(type.getFields()))
        field.resolve = (_, __, ___, info) =>
          rejectIfDenied(listFieldCoordinates(info, variables), () => resolve(info))
  return execute({
    schema,
    document,
    variableValues: variables,
    typeResolver(value, context, info, abstractType) {
      const name = defaultTypeResolver(value, context, info, abstractType)
      const type = schema.getType(String(name))
      const { fragments, variableValues, fieldNodes } = info
      const selects =
        isObjectType(type) && collectSubfields(schema, fragments, variableValues, type, fieldNodes).size > 0
      return selects ? rejectIfDenied([type.name], () => name) : name
    },
  })
}

/** Lists the coordinates that a field requires: of its types, itself, and the inputs that it provides. */
function listFieldCoordinates(info: GraphQLResolveInfo, variables: Record<string, unknown>): string[] {
  const { parentType, fieldName, returnType, fieldNodes } = info
  const coordinate = `${parentType.name}.${fieldName}`
  const inputs = (fieldNodes[0]?.arguments ?? []).flatMap(({ name, value }) => {
    const argument = parentType.getFields()[fieldName]?.args.find((one) => one.name === name.value)
    return argument
      ? listInputCoordinates(`${coordinate}(${name.value}:)`, argument.type, value, info, variables)
      : []
  })
  return [parentType.name, coordinate, getNamedType(returnType).name, ...inputs]
}
