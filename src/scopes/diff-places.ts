import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isIntrospectionType,
  isObjectType,
  OperationTypeNode,
} from 'graphql'
import { type ComparedSchema, diffArguments } from './diff-inputs.ts'
import { getPossibleObjectTypes } from './object-types.ts'
import { ALLOW_ALL, implies } from './rule.ts'
import type { ScopeChange } from './scope-change.ts'
import { andBounded, listFieldRules, type SchemaWithAccess } from './type-access.ts'

/** An old type and the current one in its place: the type of the same field, the same root, or the same name. */
type Place = readonly [GraphQLNamedType, GraphQLNamedType]

/**
 * Compares the object types that replaced others where a field, a root, an interface or a union has other types than before.
 * @param isWeaker returns true for coordinates that need no further comparison
 */
export function* diffPlaces(
  old: SchemaWithAccess,
  current: SchemaWithAccess & ComparedSchema,
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
  current: SchemaWithAccess & ComparedSchema,
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
        if (change.kind === 'weaker' || change.kind === 'unknown') yield change
}

/** Lists the root types of the operations that both schemas support. */
export const listRootPairs = (before: GraphQLSchema, after: GraphQLSchema) =>
  Object.values(OperationTypeNode).flatMap((operation) => {
    const [oldRoot, root] = [before.getRootType(operation), after.getRootType(operation)]
    return oldRoot && root ? [[oldRoot, root] as const] : []
  })
