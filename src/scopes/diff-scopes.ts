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
import { computeFieldRule } from './field-rules.ts'
import { getPossibleObjectTypes, getRootTypes } from './object-types.ts'
import { listSchemaElements, readPublicCoordinates } from './read-rules.ts'
import { ALLOW_ALL, and, DENY_ALL, implies, or, type Rule, type Rules } from './rule.ts'

type RuledSchema = { readonly schema: GraphQLSchema; readonly rules: Rules }

/**
 * A coordinate whose access changed between two schemas.
 * `weaker`: some token has gained access. `stronger`: some token has lost access, and none has gained it.
 * `new`: the field did not exist before.
 * `inherited`: the same, and it has no rule or `@public` of its own, so that only what is above it decides. The rule or
 * `@public` of a type that is new too counts as its fields' own.
 */
type ScopeChange = {
  readonly kind: 'weaker' | 'stronger' | 'new' | 'inherited'
  readonly coordinate: string
  readonly before: Rule
  readonly after: Rule
}

/**
 * Compares the access that two schemas give, whatever line caused the difference.
 * A type is listed if the paths that lead to it changed; a field or an input if its own rule did.
 * Moving a rule without changing what it requires is not a change.
 */
export function diffScopes(before: RuledSchema, after: RuledSchema): ScopeChange[] {
  const old = { ...before, access: computeTypeAccess(before) }
  const publicCoordinates = readPublicCoordinates(listSchemaElements(after.schema))
  const access = computeTypeAccess(after)
  const current = { ...after, access, publicCoordinates, comparedInputTypes: new Set<string>() }
  const changes: ScopeChange[] = []
  for (const type of Object.values(after.schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    if (isObjectType(type)) changes.push(...diffObjectType(old, current, type))
    changes.push(...diffInputType(old, current, old.schema.getType(type.name), type))
  }
  return changes
}

/** By object type, the weakest rule of all paths from a root to it. */
type TypeAccess = ReadonlyMap<string, Rule>
type SchemaWithAccess = RuledSchema & { readonly access: TypeAccess }
type CurrentSchema = SchemaWithAccess & {
  readonly publicCoordinates: ReadonlySet<string>
  /** Pairs of names of an old type and the current one. */
  readonly comparedInputTypes: Set<string>
}

/** Follows every path from the roots until none of them gives more access. */
function computeTypeAccess({ schema, rules }: RuledSchema): TypeAccess {
  const access = new Map<string, Rule>()
  const queue: string[] = []
  const reach = (typeName: string, pathRule: Rule) => {
    const known = access.get(typeName) ?? DENY_ALL
    if (implies(pathRule, known)) return
    access.set(typeName, or(known, pathRule))
    queue.push(typeName)
  }
  for (const root of getRootTypes(schema)) reach(root.name, ALLOW_ALL)
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const type = schema.getType(name)
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const returnedType = getNamedType(field.type)
      if (isIntrospectionType(returnedType)) continue
      const pathRule = and(access.get(name) ?? DENY_ALL, computeFieldRule(rules, type, field.name))
      for (const possibleType of getPossibleObjectTypes(schema, returnedType))
        reach(possibleType.name, and(pathRule, rules.get(possibleType.name) ?? ALLOW_ALL))
    }
  }
  return access
}

function* diffObjectType(
  old: SchemaWithAccess,
  current: CurrentSchema,
  type: GraphQLObjectType,
): Generator<ScopeChange> {
  const oldType = old.schema.getType(type.name)
  const oldAccess = old.access.get(type.name) ?? DENY_ALL
  const access = current.access.get(type.name) ?? DENY_ALL
  if (oldType) yield* diffRule(type.name, oldAccess, access)
  for (const field of Object.values(type.getFields())) {
    const coordinate = `${type.name}.${field.name}`
    const rule = computeFieldRule(current.rules, type, field.name)
    const oldField = isObjectType(oldType) ? oldType.getFields()[field.name] : undefined
    if (!isObjectType(oldType) || !oldField) {
      const decided = oldType ? [coordinate] : [coordinate, type.name]
      const isInherited =
        access.length > 0 &&
        !current.rules.has(getNamedType(field.type).name) &&
        !decided.some((name) => current.rules.has(name) || current.publicCoordinates.has(name))
      const kind = isInherited ? 'inherited' : 'new'
      yield { kind, coordinate, before: DENY_ALL, after: and(access, rule) }
      continue
    }
    const oldRule = computeFieldRule(old.rules, oldType, field.name)
    if (!isEquivalent(oldRule, rule)) yield* diffRule(coordinate, and(oldAccess, oldRule), and(access, rule))
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

function* diffRule(coordinate: string, before: Rule, after: Rule): Generator<ScopeChange> {
  if (isEquivalent(before, after)) return
  yield { kind: implies(after, before) ? 'stronger' : 'weaker', coordinate, before, after }
}
