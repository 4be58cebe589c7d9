// A second evaluator, slow and simple: it executes the operation with graphql-js and records what the resolvers read.
// So that one execution covers every object type that can appear, it runs on an expanded schema: each composite field
// is a list with one object of each possible type, nothing is non-null, and `__typename` is an ordinary field.
import {
  type DocumentNode,
  executeSync,
  type FieldNode,
  type GraphQLInputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  Kind,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql'

/** The coordinates that an execution runs into, each with all response paths that lead to it. */
export type RequirementPaths = Map<string, Set<string>>

/**
 * Executes an operation and returns the coordinates that it runs into, with or without a rule.
 * @param source a valid operation with valid variables; throws if the execution has errors
 */
export function findRequirementsByExecution(
  expandedSchema: GraphQLSchema,
  source: DocumentNode,
  variables: Record<string, unknown>,
): RequirementPaths {
  const document = visit(source, {
    Field: (node) =>
      node.name.value === '__typename'
        ? { ...node, alias: node.alias ?? node.name, name: { ...node.name, value: 'zz_typename' } }
        : undefined,
  })
  const requirements: RequirementPaths = new Map()
  const interfaces = collectSelectedInterfaces(expandedSchema, document)
  const result = executeSync({
    schema: expandedSchema,
    document,
    variableValues: variables,
    fieldResolver: (_, __, ___, info) => recordField(info, requirements, interfaces, variables),
    typeResolver: (value) => (value as { __typename: string }).__typename,
  })
  if (result.errors) throw new Error(`The execution failed: ${result.errors.join('; ')}`)
  return requirements
}

/** Maps the fields that are selected on an interface to its name. */
function collectSelectedInterfaces(
  schema: GraphQLSchema,
  document: DocumentNode,
): ReadonlyMap<FieldNode, string> {
  const interfaces = new Map<FieldNode, string>()
  const typeInfo = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field(node) {
        const parentType = typeInfo.getParentType()
        if (isInterfaceType(parentType)) interfaces.set(node, parentType.name)
      },
    }),
  )
  return interfaces
}

/** Records the coordinates of one field, and resolves it to one object of each possible type. */
function recordField(
  info: GraphQLResolveInfo,
  requirements: RequirementPaths,
  interfaces: ReadonlyMap<FieldNode, string>,
  variables: Record<string, unknown>,
) {
  const keys: string[] = []
  for (let path: typeof info.path | undefined = info.path; path; path = path.prev)
    if (typeof path.key === 'string') keys.unshift(path.key)
  const record = (coordinate: string) =>
    requirements.set(coordinate, (requirements.get(coordinate) ?? new Set()).add(keys.join('.')))
  const type = info.parentType.name
  record(type)
  if (info.fieldName === 'zz_typename') return null
  const returnedType = getNamedType(info.returnType)
  for (const coordinate of [`${type}.${info.fieldName}`, returnedType.name]) record(coordinate)
  for (const node of info.fieldNodes) {
    const interfaceName = interfaces.get(node)
    if (interfaceName) record(`${interfaceName}.${info.fieldName}`)
    for (const argument of node.arguments ?? []) {
      const definition = info.parentType
        .getFields()
        [info.fieldName]?.args.find(({ name }) => name === argument.name.value)
      if (!definition) throw new Error(`The argument ${argument.name.value} does not exist.`)
      for (const owner of interfaceName ? [type, interfaceName] : [type]) {
        const coordinate = `${owner}.${info.fieldName}(${argument.name.value}:)`
        listInputCoordinates(coordinate, definition.type, argument.value, info, variables).forEach(record)
      }
    }
  }
  if (!isCompositeType(returnedType)) return null
  const possibleTypes = isAbstractType(returnedType)
    ? info.schema.getPossibleTypes(returnedType)
    : [returnedType]
  return possibleTypes.map(({ name }) => ({ __typename: name }))
}

/** Lists the coordinates of an input and of everything that its value provides. */
export function listInputCoordinates(
  inputCoordinate: string,
  type: GraphQLInputType,
  inputNode: ValueNode,
  info: GraphQLResolveInfo,
  variables: Record<string, unknown>,
): string[] {
  const namedType = getNamedType(type)
  const fields = isInputObjectType(namedType) ? namedType.getFields() : {}
  const fromValue = (coordinate: string, value: unknown): string[] => {
    if (Array.isArray(value)) return [coordinate, ...value.flatMap((item) => fromValue(coordinate, item))]
    return [coordinate, ...Object.keys(Object(value)).flatMap((name) => fromField(name, Object(value)[name]))]
  }
  const fromField = (name: string, value: unknown) => {
    const field = fields[name]
    if (!field) throw new Error(`The input field ${name} does not exist.`)
    // The random schemas have a single input object type, which is recursive.
    return isInputObjectType(getNamedType(field.type))
      ? fromValue(`${namedType.name}.${name}`, value)
      : [`${namedType.name}.${name}`]
  }
  const fromNode = (coordinate: string, node: ValueNode): string[] => {
    if (node.kind === Kind.VARIABLE) {
      const name = node.name.value
      if (Object.hasOwn(variables, name)) return fromValue(coordinate, variables[name])
      const definition = info.operation.variableDefinitions?.find(
        ({ variable }) => variable.name.value === name,
      )
      return definition?.defaultValue ? fromNode(coordinate, definition.defaultValue) : []
    }
    if (node.kind === Kind.LIST)
      return [coordinate, ...node.values.flatMap((item) => fromNode(coordinate, item))]
    if (node.kind !== Kind.OBJECT) return [coordinate]
    return [
      coordinate,
      ...node.fields.flatMap((field) => fromNode(`${namedType.name}.${field.name.value}`, field.value)),
    ]
  }
  return fromNode(inputCoordinate, inputNode)
}
