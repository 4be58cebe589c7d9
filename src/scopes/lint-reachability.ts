import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql'
import { getPossibleObjectTypes, getRootTypes } from './object-types.ts'
import type { Rules, SchemaElement } from './read-rules.ts'
import type { Violation } from './violation.ts'

const sitesWith = (all: readonly SchemaElement[], directive: string) =>
  all.flatMap((site) => {
    const node = site.directives.find((one) => one.name.value === directive)
    return node ? [{ coordinate: site.coordinate, node }] : []
  })

/**
 * Fields that a caller can reach from a root without crossing a rule or a @public.
 * What is below such a field is not told of: how it is mended decides about that.
 */
export function* unguardedFields(
  schema: GraphQLSchema,
  rules: Rules,
  elements: readonly SchemaElement[],
): Generator<Violation> {
  const open = new Set(sitesWith(elements, 'public').map((site) => site.coordinate))
  const reached = new Set<GraphQLObjectType>()
  const queue: GraphQLObjectType[] = []
  const reach = (type: GraphQLNamedType) => {
    for (const one of getPossibleObjectTypes(schema, type)) {
      if (!reached.has(one)) queue.push(one)
      reached.add(one)
    }
  }
  getRootTypes(schema).forEach(reach)
  for (let type = queue.shift(); type; type = queue.shift()) {
    if (rules.has(type.name)) continue
    for (const field of Object.values(type.getFields())) {
      const returned = getNamedType(field.type)
      const coordinate = `${type.name}.${field.name}`
      if (rules.has(coordinate) || rules.has(returned.name)) continue
      if (open.has(coordinate) || open.has(type.name)) reach(returned)
      else
        yield {
          coordinate,
          node: field.astNode,
          message: 'can be read by anybody; add @requiresScope(scopes: …), or @public(reason: …).',
        }
    }
  }
}

/** Rules that nothing can meet: they look like a protection and are none. */
export function* ineffectiveRules(
  schema: GraphQLSchema,
  elements: readonly SchemaElement[],
): Generator<Violation> {
  const { read, given } = reachable(schema)
  for (const { coordinate, node } of sitesWith(elements, 'requiresScope')) {
    const [name = ''] = coordinate.split('.')
    const type = schema.getType(name)
    const effective = type && (isInputObjectType(type) ? given.has(type) : read.has(type))
    if (effective) continue
    const why =
      type && isLeafType(type) && given.has(type)
        ? 'is only ever given, and a type’s rule counts where it is read; put the rule on the arguments'
        : 'cannot be reached from any operation'
    yield { coordinate, node, message: `has a rule without effect: it ${why}, or leave it out.` }
  }
}

/** The types that operations can read, and the types that they can give. */
function reachable(schema: GraphQLSchema) {
  const read = new Set<GraphQLNamedType>()
  const given = new Set<GraphQLNamedType>()
  const give = (type: GraphQLNamedType) => {
    if (given.has(type)) return
    given.add(type)
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) give(getNamedType(field.type))
  }
  const visit = (type: GraphQLNamedType) => {
    if (read.has(type)) return
    read.add(type)
    getPossibleObjectTypes(schema, type).forEach(visit)
    if (!isObjectType(type) && !isInterfaceType(type)) return
    type.getInterfaces().forEach(visit)
    for (const field of Object.values(type.getFields())) {
      visit(getNamedType(field.type))
      for (const argument of field.args) give(getNamedType(argument.type))
    }
  }
  getRootTypes(schema).forEach(visit)
  return { read, given }
}
