import {
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
} from 'graphql'
import { readFieldRules } from './field-rules.ts'
import { groupBy } from './group-by.ts'
import { getPossibleObjectTypes, getRootTypes } from './object-types.ts'
import { listSchemaElements, readPublicCoordinates } from './read-rules.ts'
import { ALLOW_ALL, and, DENY_ALL, implies, or, type Rule, type Rules } from './rule.ts'

/** A chain of rules with alternatives has exponentially many. Rules with more than these are not compared. */
const MAX_ALTERNATIVES = 50

type RuledSchema = { readonly schema: GraphQLSchema; readonly rules: Rules }

/**
 * A coordinate whose access changed between two schemas.
 * `weaker`: some token has gained access. `stronger`: some token has lost access, and none has gained it.
 * `new`: the field did not exist before.
 * `inherited`: the same, and it has no rule or `@public` of its own, so that only what is above it decides. The rule or
 * `@public` of a type that is new too counts as its fields' own.
 * `unknown`: the rules changed, and have too many alternatives to tell how.
 */
type ScopeChange = {
  readonly kind: 'weaker' | 'stronger' | 'new' | 'inherited' | 'unknown'
  readonly coordinate: string
  readonly before: BoundedRule
  readonly after: BoundedRule
}

/** A rule; undefined if it has too many alternatives. */
type BoundedRule = Rule | undefined

/**
 * Compares the access that two schemas give, whatever line caused the difference.
 * A type is listed if the paths that lead to it changed; a field or an input if its own rule did.
 * Moving a rule without changing what it requires is not a change.
 */
export function diffScopes(before: RuledSchema, after: RuledSchema): ScopeChange[] {
  const old = addTypeAccess(before)
  const publicCoordinates = readPublicCoordinates(listSchemaElements(after.schema))
  const current = { ...addTypeAccess(after), publicCoordinates, comparedInputTypes: new Set<string>() }
  const changes: ScopeChange[] = []
  for (const type of Object.values(after.schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    if (isObjectType(type)) changes.push(...diffObjectType(old, current, type))
    changes.push(...diffInputType(old, current, old.schema.getType(type.name), type))
  }
  return changes
}

/** A field that leads from one object type to another, or a root; `rules` are required together. */
type Edge = { readonly from: string; readonly to: string; readonly rules: readonly Rule[] }
type SchemaWithAccess = RuledSchema & {
  readonly edges: readonly Edge[]
  /** Returns the weakest rule of all paths from a root to an object type. */
  readonly getTypeAccess: (name: string) => BoundedRule
}
type CurrentSchema = SchemaWithAccess & {
  readonly publicCoordinates: ReadonlySet<string>
  /** Pairs of names of an old type and the current one. */
  readonly comparedInputTypes: Set<string>
}

function addTypeAccess(ruled: RuledSchema): SchemaWithAccess {
  const edges = [...listEdges(ruled)]
  return { ...ruled, edges, getTypeAccess: computeTypeAccess(edges) }
}

function* listEdges({ schema, rules }: RuledSchema): Generator<Edge> {
  for (const root of getRootTypes(schema)) yield { from: '', to: root.name, rules: [] }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue
    for (const field of Object.values(type.getFields()))
      for (const { name } of getPossibleObjectTypes(schema, getNamedType(field.type))) {
        const fieldRules = listFieldRules(rules, type, field.name)
        yield { from: type.name, to: name, rules: [...fieldRules, rules.get(name) ?? ALLOW_ALL] }
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

function andBounded(...rules: readonly BoundedRule[]): BoundedRule {
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

const listFieldRules = (rules: Rules, type: GraphQLObjectType, name: string): readonly Rule[] =>
  readFieldRules(rules, type, type, name).coordinateRules.map(({ rule }) => rule)

/** Describes every edge of the paths that lead to a type. */
function describePaths(edges: readonly Edge[], typeName: string): string {
  const edgesByTarget = groupBy(edges, ({ to }) => to)
  // The loop also visits the types that it adds.
  const types = new Set([typeName])
  for (const name of types) for (const { from } of edgesByTarget.get(name) ?? []) types.add(from)
  const leading = [...types].flatMap((name) => edgesByTarget.get(name) ?? [])
  return String(leading.map((edge) => JSON.stringify(edge)).sort())
}

function* diffObjectType(
  old: SchemaWithAccess,
  current: CurrentSchema,
  type: GraphQLObjectType,
): Generator<ScopeChange> {
  const oldType = old.schema.getType(type.name)
  let oldAccess = old.getTypeAccess(type.name)
  let access = current.getTypeAccess(type.name)
  const isSameUnknown =
    !oldAccess && !access && describePaths(old.edges, type.name) === describePaths(current.edges, type.name)
  if (oldType && !isSameUnknown) yield* diffRule(type.name, oldAccess, access)
  // The fields' own rules can be compared all the same.
  if (!oldAccess || !access) oldAccess = access = ALLOW_ALL
  for (const field of Object.values(type.getFields())) {
    const coordinate = `${type.name}.${field.name}`
    const rules = listFieldRules(current.rules, type, field.name)
    const rule = andBounded(...rules)
    const oldField = isObjectType(oldType) ? oldType.getFields()[field.name] : undefined
    if (!isObjectType(oldType) || !oldField) {
      const decided = oldType ? [coordinate] : [coordinate, type.name]
      const isInherited =
        access.length > 0 &&
        !current.rules.has(getNamedType(field.type).name) &&
        !decided.some((name) => current.rules.has(name) || current.publicCoordinates.has(name))
      const kind = isInherited ? 'inherited' : 'new'
      yield { kind, coordinate, before: DENY_ALL, after: andBounded(access, rule) }
      continue
    }
    const oldRules = listFieldRules(old.rules, oldType, field.name)
    const oldRule = andBounded(...oldRules)
    if (oldRule && rule ? !isEquivalent(oldRule, rule) : !isDeepEqual(oldRules, rules))
      yield* diffRule(coordinate, andBounded(oldAccess, oldRule), andBounded(access, rule))
    for (const argument of field.args) {
      const oldArgument = oldField.args.find(({ name }) => name === argument.name)
      const argumentCoordinate = `${coordinate}(${argument.name}:)`
      const coordinates = [argumentCoordinate, argumentCoordinate] as const
      if (oldArgument) yield* diffInput(old, current, coordinates, oldArgument.type, argument.type)
    }
  }
}

/** Compares the rules of an input type's fields with those of the type that was in its place. */
function* diffInputType(
  old: RuledSchema,
  current: CurrentSchema,
  oldType: GraphQLNamedType | undefined,
  type: GraphQLNamedType,
): Generator<ScopeChange> {
  if (!isInputObjectType(oldType) || !isInputObjectType(type)) return
  const pair = `${oldType.name} ${type.name}`
  if (current.comparedInputTypes.has(pair)) return
  current.comparedInputTypes.add(pair)
  for (const field of Object.values(type.getFields())) {
    const oldField = oldType.getFields()[field.name]
    const coordinates = [`${oldType.name}.${field.name}`, `${type.name}.${field.name}`] as const
    if (oldField) yield* diffInput(old, current, coordinates, oldField.type, field.type)
  }
}

/** Compares the rules of an argument or input field, which apply whatever path leads to it, and of its type's fields. */
function* diffInput(
  old: RuledSchema,
  current: CurrentSchema,
  [oldCoordinate, coordinate]: readonly [string, string],
  oldType: GraphQLInputType,
  type: GraphQLInputType,
): Generator<ScopeChange> {
  const oldRule = old.rules.get(oldCoordinate) ?? ALLOW_ALL
  yield* diffRule(coordinate, oldRule, current.rules.get(coordinate) ?? ALLOW_ALL)
  yield* diffInputType(old, current, getNamedType(oldType), getNamedType(type))
}

const isEquivalent = (one: Rule, other: Rule) => implies(one, other) && implies(other, one)

const isDeepEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

function* diffRule(coordinate: string, before: BoundedRule, after: BoundedRule): Generator<ScopeChange> {
  if (!before || !after) yield { kind: 'unknown', coordinate, before, after }
  else if (!isEquivalent(before, after))
    yield { kind: implies(after, before) ? 'stronger' : 'weaker', coordinate, before, after }
}
