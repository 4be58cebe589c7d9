import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  OperationTypeNode,
  print,
} from 'graphql'
import { getFieldRules } from './field-rules.ts'
import { groupBy } from './group-by.ts'
import { readGuardedArgument } from './guarded-inputs.ts'
import { getPossibleObjectTypes, getRootTypes } from './object-types.ts'
import { listSchemaElements, readPublicCoordinates } from './read-rules.ts'
import { ALLOW_ALL, and, DENY_ALL, implies, or, type Rule, type Rules } from './rule.ts'

/** A chain of rules with alternatives has exponentially many. Rules with more than these are not compared. */
const MAX_ALTERNATIVES = 50

type RuledSchema = { readonly schema: GraphQLSchema; readonly rules: Rules }

/**
 * A coordinate whose access changed between two schemas.
 * `weaker`: some token has gained access. `stronger`: some token has lost access, and none has gained it.
 * `new`: the field or input did not exist before.
 * `inherited`: the field did not either, and it has no rule or `@public` of its own, so that only what is above it decides. The rule or
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
 * A type is listed if the paths that lead to it changed; a field or an input if its own rule did, or if it took the place
 * of one with another rule. Moving a rule without changing what it requires is not a change. Neither is removing a type, a
 * field or an input with its rule.
 * Not checked here: the rules of interface fields, which those of the implementing types include.
 */
export function diffScopes(before: RuledSchema, after: RuledSchema): ScopeChange[] {
  const old = addTypeAccess(before)
  const current = {
    ...addTypeAccess(after),
    publicCoordinates: readPublicCoordinates(listSchemaElements(after.schema)),
    oldRoots: new Map(listRootPairs(before.schema, after.schema).map(([oldRoot, root]) => [root, oldRoot])),
    comparedInputTypes: new Set<string>(),
  }
  const changedTypes = listTypesBehindChanges(old.edges, current.edges)
  // A type in several places has the first change of each kind only.
  const changes = new Map<string, ScopeChange>()
  const add = (change: ScopeChange) => {
    const key = `${change.kind} ${change.coordinate}`
    if (!changes.has(key)) changes.set(key, change)
  }
  for (const type of Object.values(after.schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    if (isObjectType(type)) for (const change of diffObjectType(old, current, changedTypes, type)) add(change)
    for (const change of diffInputType(old, current, old.schema.getType(type.name), type)) add(change)
  }
  const isWeaker = (coordinate: string) => changes.has(`weaker ${coordinate}`)
  for (const change of diffPlaces(old, current, isWeaker)) add(change)
  return [...changes.values()]
}

/** A root, a field that leads to a type, or a type of an interface or union; `rules` are required together. */
type Edge = { readonly from: string; readonly to: string; readonly rules: readonly Rule[] }
type SchemaWithAccess = RuledSchema & {
  readonly edges: readonly Edge[]
  /** Returns the weakest rule of all paths from a root to a type. */
  readonly getTypeAccess: (name: string) => BoundedRule
}
type CurrentSchema = SchemaWithAccess & {
  readonly publicCoordinates: ReadonlySet<string>
  /** The root types of the same operations in the old schema. */
  readonly oldRoots: ReadonlyMap<GraphQLObjectType, GraphQLObjectType>
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
  getFieldRules(rules, type, type, name).coordinateRules.map(({ rule }) => rule)

/** Lists the types that a path with an added, changed or removed edge leads to. */
function listTypesBehindChanges(oldEdges: readonly Edge[], edges: readonly Edge[]): ReadonlySet<string> {
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

const listRootPairs = (before: GraphQLSchema, after: GraphQLSchema) =>
  Object.values(OperationTypeNode).flatMap((operation) => {
    const [oldRoot, root] = [before.getRootType(operation), after.getRootType(operation)]
    return oldRoot && root ? [[oldRoot, root] as const] : []
  })

function* diffObjectType(
  old: SchemaWithAccess,
  current: CurrentSchema,
  changedTypes: ReadonlySet<string>,
  type: GraphQLObjectType,
): Generator<ScopeChange> {
  const oldType = old.schema.getType(type.name) ?? current.oldRoots.get(type)
  let oldAccess = old.getTypeAccess(oldType?.name ?? type.name)
  let access = current.getTypeAccess(type.name)
  const isSameUnknown = !oldAccess && !access && !changedTypes.has(type.name)
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
    yield* diffArguments(old, current, [oldType, type], field.name)
  }
}

/** Compares the arguments of a field with those of the field that was in its place. */
function* diffArguments(
  old: RuledSchema,
  current: CurrentSchema,
  [oldType, type]: readonly [GraphQLObjectType, GraphQLObjectType],
  name: string,
): Generator<ScopeChange> {
  const oldArguments = new Map(oldType.getFields()[name]?.args.map((argument) => [argument.name, argument]))
  for (const argument of type.getFields()[name]?.args ?? []) {
    const suffix = `.${name}(${argument.name}:)`
    const coordinates = [oldType.name + suffix, type.name + suffix] as const
    yield* diffInput(old, current, coordinates, oldArguments.get(argument.name), argument)
  }
}

/** An old type and the current one in its place: the type of the same field, the same root, or the same name. */
type Place = readonly [GraphQLNamedType, GraphQLNamedType]

/** Compares the object types that replaced others where a field, a root, an interface or a union has other types. */
function* diffPlaces(
  old: SchemaWithAccess,
  current: CurrentSchema,
  isWeaker: (coordinate: string) => boolean,
): Generator<ScopeChange> {
  const places = new Map<string, Place>()
  const add = (...place: Place) => places.set(`${place[0].name} ${place[1].name}`, place)
  for (const place of listRootPairs(old.schema, current.schema)) add(...place)
  for (const type of Object.values(current.schema.getTypeMap())) {
    const oldType = old.schema.getType(type.name)
    if (oldType && !isIntrospectionType(type)) add(oldType, type)
  }
  // The loop also visits the places that it adds.
  for (const place of places.values())
    for (const replaced of listReplacedFields(old.schema, current.schema, place)) {
      for (const oldType of listReturnedTypes(replaced.removed, replaced.name))
        for (const type of listReturnedTypes(replaced.added, replaced.name)) add(oldType, type)
      // Object types with the same name are compared by `diffObjectType`.
      if (replaced.removed[0]?.name !== replaced.added[0]?.name)
        yield* diffReplacedField(old, current, isWeaker, place, replaced)
    }
}

const listReturnedTypes = (types: readonly GraphQLObjectType[], name: string) =>
  new Set(types.flatMap((type) => getNamedType(type.getFields()[name]?.type) ?? []))

/** A field, or `__typename`, that the same selection reads from other types than before. */
type ReplacedField = {
  readonly name: string
  readonly removed: readonly GraphQLObjectType[]
  readonly added: readonly GraphQLObjectType[]
}

function* listReplacedFields(
  oldSchema: GraphQLSchema,
  schema: GraphQLSchema,
  [oldType, type]: Place,
): Generator<ReplacedField> {
  if (isObjectType(oldType) && isObjectType(type)) {
    for (const name of Object.keys(type.getFields()))
      if (oldType.getFields()[name]) yield { name, removed: [oldType], added: [type] }
    return
  }
  const oldTypes = getPossibleObjectTypes(oldSchema, oldType)
  const types = getPossibleObjectTypes(schema, type)
  const removed = excludeNames(oldTypes, types)
  const added = excludeNames(types, oldTypes)
  if (removed.length === 0 || added.length === 0) return
  if (isAbstractType(oldType)) yield { name: '__typename', removed, added }
  const interfaces = new Set(removed.flatMap((one) => one.getInterfaces().map(({ name }) => name)))
  const owners = Array.from(interfaces, (name) => [oldSchema.getType(name), schema.getType(name)] as const)
  for (const [oldOwner, owner] of [[oldType, type] as const, ...owners]) {
    if (!oldOwner || !owner || !('getFields' in oldOwner && 'getFields' in owner)) continue
    const ownRemoved = removed.filter((one) => includesType(oldSchema, oldOwner, one))
    const ownAdded = added.filter((one) => includesType(schema, owner, one))
    for (const name of Object.keys(owner.getFields()))
      if (oldOwner.getFields()[name]) yield { name, removed: ownRemoved, added: ownAdded }
  }
}

function excludeNames(types: readonly GraphQLObjectType[], excluded: readonly GraphQLObjectType[]) {
  const names = new Set(excluded.map(({ name }) => name))
  return types.filter(({ name }) => !names.has(name))
}

const includesType = (schema: GraphQLSchema, owner: GraphQLNamedType, type: GraphQLObjectType) =>
  isAbstractType(owner) ? schema.isSubType(owner, type) : owner === type

/** Each added type must require what every removed one did, since the selection does not tell which replaced which. */
function* diffReplacedField(
  old: SchemaWithAccess,
  current: CurrentSchema,
  isWeaker: (coordinate: string) => boolean,
  [oldPlace, place]: Place,
  { name, removed, added }: ReplacedField,
): Generator<ScopeChange> {
  const required = [...new Set(removed.flatMap((type) => listFieldRules(old.rules, type, name)))]
  for (const type of added) {
    const coordinate = name === '__typename' ? type.name : `${type.name}.${name}`
    if (isWeaker(coordinate)) continue
    const rules = listFieldRules(current.rules, type, name)
    if (required.every((rule) => rules.some((one) => implies(one, rule)))) continue
    const after = andBounded(current.getTypeAccess(place.name) ?? ALLOW_ALL, ...rules)
    if (after && required.every((rule) => implies(after, rule))) continue
    const before = andBounded(old.getTypeAccess(oldPlace.name), ...required)
    yield { kind: after ? 'weaker' : 'unknown', coordinate, before, after }
  }
  for (const oldType of removed)
    for (const type of added)
      for (const change of diffArguments(old, current, [oldType, type], name))
        if (change.kind === 'weaker') yield change
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
  const sameType = old.schema.getType(type.name)
  const sameFields = isInputObjectType(sameType) ? sameType.getFields() : {}
  for (const field of Object.values(type.getFields())) {
    const oldField = oldType.getFields()[field.name]
    const coordinates = [`${oldType.name}.${field.name}`, `${type.name}.${field.name}`] as const
    if (oldField || !sameFields[field.name]) yield* diffInput(old, current, coordinates, oldField, field)
  }
}

/** Compares the rules of an argument or input field, which apply whatever path leads to it, and of its type's fields. */
function* diffInput(
  old: RuledSchema,
  current: CurrentSchema,
  coordinates: readonly [string, string],
  oldInput: GraphQLArgument | GraphQLInputField | undefined,
  input: GraphQLArgument | GraphQLInputField,
): Generator<ScopeChange> {
  const [oldCoordinate, coordinate] = coordinates
  const rule = current.rules.get(coordinate) ?? ALLOW_ALL
  if (!oldInput) {
    yield { kind: 'new', coordinate, before: DENY_ALL, after: rule }
    return
  }
  yield* diffRule(coordinate, old.rules.get(oldCoordinate) ?? ALLOW_ALL, rule)
  yield* diffDefault(old, coordinates, oldInput, input)
  yield* diffInputType(old, current, getNamedType(oldInput.type), getNamedType(input.type))
}

/** A rule does not apply to the schema's default, so that every caller has a new one without the scopes to provide it. */
function* diffDefault(
  { rules }: RuledSchema,
  [oldCoordinate, coordinate]: readonly [string, string],
  oldInput: GraphQLArgument | GraphQLInputField,
  input: GraphQLArgument | GraphQLInputField,
): Generator<ScopeChange> {
  const [oldValue, value] = [oldInput.astNode?.defaultValue, input.astNode?.defaultValue]
  if (oldValue && value ? print(oldValue) === print(value) : !oldValue && !value) return
  if (!value && isNonNullType(input.type)) return
  const guarded = { coordinates: [oldCoordinate], type: oldInput.type }
  const before = [oldValue, value].flatMap((node) =>
    node ? readGuardedArgument(rules, new Map(), guarded, node, undefined).coordinateRules : [],
  )
  const described = value ? `${coordinate} = ${print(value)}` : `${coordinate} without a default`
  yield* diffRule(described, andBounded(...before.map(({ rule }) => rule)), ALLOW_ALL)
}

const isEquivalent = (one: Rule, other: Rule) => implies(one, other) && implies(other, one)

const isDeepEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

function* diffRule(coordinate: string, before: BoundedRule, after: BoundedRule): Generator<ScopeChange> {
  if (!before || !after) yield { kind: 'unknown', coordinate, before, after }
  else if (!isEquivalent(before, after))
    yield { kind: implies(after, before) ? 'stronger' : 'weaker', coordinate, before, after }
}
