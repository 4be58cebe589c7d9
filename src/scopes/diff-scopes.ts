import { type GraphQLObjectType, getNamedType, isIntrospectionType, isObjectType } from 'graphql'
import { type ComparedSchema, diffArguments, diffInputType } from './diff-inputs.ts'
import { diffPlaces, listRootPairs } from './diff-places.ts'
import { listSchemaElements, readPublicCoordinates } from './read-rules.ts'
import { ALLOW_ALL, DENY_ALL, isEquivalent } from './rule.ts'
import { diffRule, type ScopeChange } from './scope-change.ts'
import {
  addTypeAccess,
  andBounded,
  listFieldRules,
  listTypesBehindChanges,
  type RuledSchema,
  type SchemaWithAccess,
} from './type-access.ts'

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

type CurrentSchema = SchemaWithAccess &
  ComparedSchema & {
    readonly publicCoordinates: ReadonlySet<string>
    /** The root types of the same operations in the old schema. */
    readonly oldRoots: ReadonlyMap<GraphQLObjectType, GraphQLObjectType>
  }

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

const isDeepEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
