// The second evaluator, slow and obviously right: it runs the operation with graphql-js and writes down what was read.
// So that one run shows every object type that can appear, it runs on an expanded schema: each composite field is a
// list with one object of each possible type, nothing is non-null, and `__typename` is a field like others.
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

/** Coordinates that a run asks for, each with all response paths that meet it. */
export type RequirementPaths = Map<string, Set<string>>

/** @param source a valid operation with variables that fit; an error in the run is a fault of the test */
export function findRequirementsByExecution(
  expanded: GraphQLSchema,
  source: DocumentNode,
  variables: Record<string, unknown>,
): RequirementPaths {
  const document = visit(source, {
    Field: (node) =>
      node.name.value === '__typename'
        ? { ...node, alias: node.alias ?? node.name, name: { ...node.name, value: 'zz_typename' } }
        : undefined,
  })
  const writtenOn = new Map<FieldNode, string>()
  const typeInfo = new TypeInfo(expanded)
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field(node) {
        const parent = typeInfo.getParentType()
        if (isInterfaceType(parent)) writtenOn.set(node, parent.name)
      },
    }),
  )
  const met: RequirementPaths = new Map()
  const result = executeSync({
    schema: expanded,
    document,
    variableValues: variables,
    fieldResolver: (_, __, ___, info) => answered(info, met, writtenOn, variables),
    typeResolver: (value) => (value as { __typename: string }).__typename,
  })
  if (result.errors) throw new Error(`the slow evaluator failed: ${result.errors.join('; ')}`)
  return met
}

function answered(
  info: GraphQLResolveInfo,
  met: RequirementPaths,
  writtenOn: ReadonlyMap<FieldNode, string>,
  variables: Record<string, unknown>,
) {
  const keys: string[] = []
  for (let at: typeof info.path | undefined = info.path; at; at = at.prev)
    if (typeof at.key === 'string') keys.unshift(at.key)
  const meet = (coordinate: string) =>
    met.set(coordinate, (met.get(coordinate) ?? new Set()).add(keys.join('.')))
  const type = info.parentType.name
  meet(type)
  if (info.fieldName === 'zz_typename') return null
  const returned = getNamedType(info.returnType)
  for (const coordinate of [`${type}.${info.fieldName}`, returned.name]) meet(coordinate)
  for (const node of info.fieldNodes) {
    const written = writtenOn.get(node)
    if (written) meet(`${written}.${info.fieldName}`)
    for (const argument of node.arguments ?? []) {
      const definition = info.parentType
        .getFields()
        [info.fieldName]?.args.find((one) => one.name === argument.name.value)
      if (!definition) throw new Error('no such argument')
      for (const owner of written ? [type, written] : [type]) {
        const coordinate = `${owner}.${info.fieldName}(${argument.name.value}:)`
        provide(coordinate, definition.type, argument.value, info, variables).forEach(meet)
      }
    }
  }
  if (!isCompositeType(returned)) return null
  const possible = isAbstractType(returned) ? info.schema.getPossibleTypes(returned) : [returned]
  return possible.map((one) => ({ __typename: one.name }))
}

/** Every input coordinate that a value brings, its own first. */
function provide(
  at: string,
  type: GraphQLInputType,
  node: ValueNode,
  info: GraphQLResolveInfo,
  variables: Record<string, unknown>,
): string[] {
  const named = getNamedType(type)
  const fields = isInputObjectType(named) ? named.getFields() : {}
  const fromValue = (here: string, value: unknown): string[] => {
    if (Array.isArray(value)) return [here, ...value.flatMap((item) => fromValue(here, item))]
    return [here, ...Object.keys(Object(value)).flatMap((name) => inner(name, Object(value)[name]))]
  }
  const inner = (name: string, value: unknown) => {
    const field = fields[name]
    if (!field) throw new Error('no such input field')
    // All input types of these schemas are the one recursive type, or leaves.
    return isInputObjectType(getNamedType(field.type))
      ? fromValue(`${named.name}.${name}`, value)
      : [`${named.name}.${name}`]
  }
  const fromNode = (here: string, value: ValueNode): string[] => {
    if (value.kind === Kind.VARIABLE) {
      const name = value.name.value
      if (Object.hasOwn(variables, name)) return fromValue(here, variables[name])
      const written = info.operation.variableDefinitions?.find((one) => one.variable.name.value === name)
      return written?.defaultValue ? fromNode(here, written.defaultValue) : []
    }
    if (value.kind === Kind.LIST) return [here, ...value.values.flatMap((item) => fromNode(here, item))]
    if (value.kind !== Kind.OBJECT) return [here]
    return [
      here,
      ...value.fields.flatMap((field) => fromNode(`${named.name}.${field.name.value}`, field.value)),
    ]
  }
  return fromNode(at, node)
}
