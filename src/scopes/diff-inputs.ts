import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isInputObjectType,
  isNonNullType,
  print,
} from 'graphql'
import { readGuardedArgument } from './guarded-inputs.ts'
import { ALLOW_ALL, DENY_ALL } from './rule.ts'
import { diffRule, type ScopeChange } from './scope-change.ts'
import { andBounded, type RuledSchema } from './type-access.ts'

/** The current schema, and the pairs of names of an old input type and the current one that were compared. */
export type ComparedSchema = RuledSchema & { readonly comparedInputTypes: Set<string> }

/** Compares the arguments of a field with those of the field that was in its place. */
export function* diffArguments(
  old: RuledSchema,
  current: ComparedSchema,
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

/** Compares the rules of an input type's fields with those of the type that was in its place. */
export function* diffInputType(
  old: RuledSchema,
  current: ComparedSchema,
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
  current: ComparedSchema,
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
