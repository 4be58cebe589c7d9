import {
  type GraphQLInputObjectType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
} from 'graphql'
import { computeFieldRule } from './field-rules.ts'
import type { Rules } from './read-rules.ts'
import { ALLOW_ALL, and, DENY_ALL, implies, type Rule } from './rule.ts'
import { computeTypeAccess, type TypeAccess } from './type-access.ts'

/** A schema with its rules. */
export type RuledSchema = { readonly schema: GraphQLSchema; readonly rules: Rules }

/**
 * `weaker`: some token is let through that was refused before. `stronger`: some token is refused, and none more is let
 * through. `new`: a coordinate that was not there.
 */
export type ScopeChange = {
  readonly kind: 'weaker' | 'stronger' | 'new'
  readonly coordinate: string
  readonly before: Rule
  readonly after: Rule
}

/**
 * What became easier or harder to reach from one schema to the next, whatever line of it brought that about: a type
 * stands for its fields where a new or changed way leads to it; a field or an input for itself where its own rule did.
 * Moving a rule without changing what it takes is no change.
 */
export function diffScopes(before: RuledSchema, after: RuledSchema): ScopeChange[] {
  const old = { ...before, access: computeTypeAccess(before.schema, before.rules) }
  const now = { ...after, access: computeTypeAccess(after.schema, after.rules) }
  const changes: ScopeChange[] = []
  for (const type of Object.values(now.schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    if (isObjectType(type)) changes.push(...objectChanges(old, now, type))
    if (isInputObjectType(type)) changes.push(...inputChanges(old, now, type))
  }
  return changes
}

type Reached = RuledSchema & { readonly access: TypeAccess }

function* objectChanges(old: Reached, now: Reached, type: GraphQLObjectType): Generator<ScopeChange> {
  const former = old.schema.getType(type.name)
  const was = old.access.get(type.name) ?? DENY_ALL
  const is = now.access.get(type.name) ?? DENY_ALL
  if (former) yield* change(type.name, was, is)
  for (const field of Object.values(type.getFields())) {
    const coordinate = `${type.name}.${field.name}`
    const needs = computeFieldRule(now.schema, now.rules, type, field.name)
    const known = isObjectType(former) ? former.getFields()[field.name] : undefined
    if (!isObjectType(former) || !known) {
      yield { kind: 'new', coordinate, before: DENY_ALL, after: and(is, needs) }
      continue
    }
    const needed = computeFieldRule(old.schema, old.rules, former, field.name)
    if (!same(needed, needs)) yield* change(coordinate, and(was, needed), and(is, needs))
    for (const { name } of field.args)
      if (known.args.some((argument) => argument.name === name))
        yield* ownChange(old, now, `${coordinate}(${name}:)`)
  }
}

function* inputChanges(old: Reached, now: Reached, type: GraphQLInputObjectType): Generator<ScopeChange> {
  const former = old.schema.getType(type.name)
  if (!isInputObjectType(former)) return
  for (const name of Object.keys(type.getFields()))
    if (former.getFields()[name]) yield* ownChange(old, now, `${type.name}.${name}`)
}

/** What an input asks for is its own rule, whichever way led to it. */
const ownChange = (old: RuledSchema, now: RuledSchema, coordinate: string) =>
  change(coordinate, old.rules.get(coordinate) ?? ALLOW_ALL, now.rules.get(coordinate) ?? ALLOW_ALL)

const same = (one: Rule, other: Rule) => implies(one, other) && implies(other, one)

function* change(coordinate: string, before: Rule, after: Rule): Generator<ScopeChange> {
  if (same(before, after)) return
  yield { kind: implies(after, before) ? 'stronger' : 'weaker', coordinate, before, after }
}
