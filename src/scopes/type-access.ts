import { type GraphQLSchema, getNamedType, isIntrospectionType, isObjectType } from 'graphql'
import { fieldRule } from './field-rules.ts'
import { objectsBehind, rootsOf } from './object-types.ts'
import type { Rules } from './read-rules.ts'
import { ANYBODY, both, either, implies, NOBODY, type Rule } from './rule.ts'

/** By object type, the least that it takes to read anything of it: the weakest of all ways from a root. */
export type Access = ReadonlyMap<string, Rule>

/** Follows every way from the roots until no way opens anything more. */
export function accessOf(schema: GraphQLSchema, rules: Rules): Access {
  const access = new Map<string, Rule>()
  const queue: string[] = []
  const reach = (type: string, way: Rule) => {
    const known = access.get(type) ?? NOBODY
    if (implies(way, known)) return
    access.set(type, either(known, way))
    queue.push(type)
  }
  for (const root of rootsOf(schema)) reach(root.name, ANYBODY)
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const type = schema.getType(name)
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const returned = getNamedType(field.type)
      if (isIntrospectionType(returned)) continue
      const way = both(access.get(name) ?? NOBODY, fieldRule(schema, rules, type, field.name))
      for (const one of objectsBehind(schema, returned))
        reach(one.name, both(way, rules.get(one.name) ?? ANYBODY))
    }
  }
  return access
}
