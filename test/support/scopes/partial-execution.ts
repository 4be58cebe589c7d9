// A second evaluator of lenient handling, slow and simple: graphql-js executes a schema without guards, in which the
// resolvers of exactly the denied places throw.
import {
  buildSchema,
  type DocumentNode,
  defaultTypeResolver,
  type ExecutionResult,
  execute,
  GraphQLError,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type SelectionNode,
} from 'graphql'
import { ALLOW_ALL, isSatisfied, type Rules } from '../../../src/scopes/rule.ts'
import { addPathResolvers, resolveByPath, type Values } from '../package/path-values.ts'
import { listInputCoordinates } from './execution-oracle.ts'

/** Builds a schema whose resolvers return values that depend on the path and the context, which is `Values`. */
export function buildValueSchema(text: string): GraphQLSchema {
  const schema = buildSchema(text)
  addPathResolvers(schema, Object)
  return schema
}

type PartialRequest = {
  readonly document: DocumentNode
  readonly variables: Record<string, unknown>
  readonly scopes: readonly string[]
  readonly values: Values
}

/**
 * Executes a query; each denied place throws an error with its denied coordinates in `extensions.denied`.
 * @param schema of `buildValueSchema`; its resolvers are replaced
 */
export function executePartially(
  schema: GraphQLSchema,
  rules: Rules,
  { document, variables, scopes, values }: PartialRequest,
): ExecutionResult | Promise<ExecutionResult> {
  const granted = new Set(scopes)
  // graphql-js abandons no rejection of a list whose items are promises.
  const deferred = { ...values, lists: 'promises' as const }
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
          rejectIfDenied(listFieldCoordinates(info, variables), () => resolveByPath(info, deferred))
  return execute({
    schema,
    document,
    variableValues: variables,
    typeResolver(value, context, info, abstractType) {
      const name = defaultTypeResolver(value, context, info, abstractType)
      const type = schema.getType(String(name))
      const selections = info.fieldNodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? [])
      const selects = isObjectType(type) && selectsFieldOn(type, selections, info)
      return selects ? rejectIfDenied([type.name], () => name) : name
    },
  })
}

/** Returns true if any of the selections selects a field, or `__typename`, on an object type. */
function selectsFieldOn(
  type: GraphQLObjectType,
  selections: readonly SelectionNode[],
  info: GraphQLResolveInfo,
): boolean {
  const { schema, fragments, variableValues } = info
  return selections.some((selection) => {
    if (getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.if === true) return false
    if (getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.if === false) return false
    if (selection.kind === Kind.FIELD) return true
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value]
    const condition = fragment?.typeCondition && schema.getType(fragment.typeCondition.name.value)
    const applies =
      !condition || condition === type || (isAbstractType(condition) && schema.isSubType(condition, type))
    return fragment && applies && selectsFieldOn(type, fragment.selectionSet.selections, info)
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
