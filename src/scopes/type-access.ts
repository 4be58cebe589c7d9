import {
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isIntrospectionType,
  isObjectType,
} from 'graphql'
import { getFieldRules } from './field-rules.ts'
import { groupBy } from './group-by.ts'
import { getRootTypes } from './object-types.ts'
import { ALLOW_ALL, and, DENY_ALL, implies, or, type Rule, type Rules } from './rule.ts'

/** A chain of rules with alternatives has exponentially many. Rules with more than these are not compared. */
const MAX_ALTERNATIVES = 50

export type RuledSchema = { readonly schema: GraphQLSchema; readonly rules: Rules }

/** A rule; undefined if it has too many alternatives. */
export type BoundedRule = Rule | undefined

/** A root, a field that leads to a type, or a type of an interface or union; `rules` are required together. */
type Edge = { readonly from: string; readonly to: string; readonly rules: readonly Rule[] }
export type SchemaWithAccess = RuledSchema & {
  readonly edges: readonly Edge[]
  /** Returns the weakest rule of all paths from a root to a type. */
  readonly getTypeAccess: (name: string) => BoundedRule
}

export function addTypeAccess(ruled: RuledSchema): SchemaWithAccess {
  const edges = [...listEdges(ruled)]
  return { ...ruled, edges, getTypeAccess: computeTypeAccess(edges) }
}

function* listEdges({ schema, rules }: RuledSchema): Generator<Edge> {
  for (const root of getRootTypes(schema)) yield { from: '', to: root.name, rules: [] }
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    if (isAbstractType(type))
      for (const { name } of schema.getPossibleTypes(type))
        yield { from: type.name, to: name, rules: [rules.get(name) ?? ALLOW_ALL] }
    if (isObjectType(type))
      for (const field of Object.values(type.getFields()))
        yield {
          from: type.name,
          to: getNamedType(field.type).name,
          rules: listFieldRules(rules, type, field.name),
        }
  }
}

/** Follows every path from the roots until none of them gives more access. */
function computeTypeAccess(edges: readonly Edge[]): SchemaWithAccess['getTypeAccess'] {
  const edgesByType = groupBy(edges, ({ from }) => from)
  const access = new Map<string, BoundedRule>([['', ALLOW_ALL]])
  const getTypeAccess = (name: string) => (access.has(name) ? access.get(name) : DENY_ALL)
  // The loop also visits the types that it adds.
  const queue = new Set([''])
  for (const name of queue) {
    queue.delete(name)
    for (const { to, rules } of edgesByType.get(name) ?? []) {
      const known = getTypeAccess(to)
      const rule = orBounded(known, andBounded(access.get(name), ...rules))
      if (rule === known || (rule && known && implies(rule, known))) continue
      access.set(to, rule)
      queue.add(to)
    }
  }
  return getTypeAccess
}

export function andBounded(...rules: readonly BoundedRule[]): BoundedRule {
  if (rules.some((rule) => rule?.length === 0)) return DENY_ALL
  return rules.reduce((one, other) => {
    if (!one || !other) return undefined
    if (implies(one, other)) return one
    return one.length * other.length <= MAX_ALTERNATIVES ? and(one, other) : undefined
  }, ALLOW_ALL)
}

function orBounded(one: BoundedRule, other: BoundedRule): BoundedRule {
  if ([one, other].some((rule) => rule?.some((alternative) => alternative.length === 0))) return ALLOW_ALL
  const rule = one && other && or(one, other)
  return rule && rule.length <= MAX_ALTERNATIVES ? rule : undefined
}

export const listFieldRules = (rules: Rules, type: GraphQLObjectType, name: string): readonly Rule[] =>
  getFieldRules(rules, type, type, name).coordinateRules.map(({ rule }) => rule)

/** Lists the types that a path with an added, changed or removed edge leads to. */
export function listTypesBehindChanges(
  oldEdges: readonly Edge[],
  edges: readonly Edge[],
): ReadonlySet<string> {
  const [oldTexts, texts] = [oldEdges, edges].map((list) => new Set(list.map((edge) => JSON.stringify(edge))))
  const all = [...oldEdges, ...edges]
  const changed = all.filter((edge) => {
    const text = JSON.stringify(edge)
    return !oldTexts?.has(text) || !texts?.has(text)
  })
  const edgesByType = groupBy(all, ({ from }) => from)
  // The loop also visits the types that it adds.
  const types = new Set(changed.map(({ to }) => to))
  for (const name of types) for (const { to } of edgesByType.get(name) ?? []) types.add(to)
  return types
}
