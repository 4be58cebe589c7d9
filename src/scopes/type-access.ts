import { type GraphQLSchema, getNamedType, isIntrospectionType, isObjectType } from 'graphql'
import { computeFieldRule } from './field-rules.ts'
import { getPossibleObjectTypes, getRootTypes } from './object-types.ts'
import type { Rules } from './read-rules.ts'
import { ALLOW_ALL, and, DENY_ALL, implies, or, type Rule } from './rule.ts'

/** By object type, the least that it takes to read anything of it: the weakest of all ways from a root. */
export type TypeAccess = ReadonlyMap<string, Rule>

/** Follows every way from the roots until no way opens anything more. */
export function computeTypeAccess(schema: GraphQLSchema, rules: Rules): TypeAccess {
  const access = new Map<string, Rule>()
  const queue: string[] = []
  const reach = (type: string, way: Rule) => {
    const known = access.get(type) ?? DENY_ALL
    if (implies(way, known)) return
    access.set(type, or(known, way))
    queue.push(type)
  }
  for (const root of getRootTypes(schema)) reach(root.name, ALLOW_ALL)
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const type = schema.getType(name)
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const returned = getNamedType(field.type)
      if (isIntrospectionType(returned)) continue
      const way = and(access.get(name) ?? DENY_ALL, computeFieldRule(schema, rules, type, field.name))
      for (const one of getPossibleObjectTypes(schema, returned))
        reach(one.name, and(way, rules.get(one.name) ?? ALLOW_ALL))
    }
  }
  return access
}
