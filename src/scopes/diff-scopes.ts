import {
  type GraphQLInputObjectType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
} from 'graphql'
import { fieldRule } from './field-rules.ts'
import type { Rules } from './read-rules.ts'
import { ANYBODY, both, implies, NOBODY, type Rule } from './rule.ts'
import { type Access, accessOf } from './type-access.ts'

/** A schema with its rules. */
export type Ruled = { readonly schema: GraphQLSchema; readonly rules: Rules }

/**
 * `weaker`: some token is let through that was refused before. `stronger`: some token is refused, and none more is let
 * through. `new`: a coordinate that was not there.
 */
export type Change = {
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
export function diffScopes(before: Ruled, after: Ruled): Change[] {
  const old = { ...before, access: accessOf(before.schema, before.rules) }
  const now = { ...after, access: accessOf(after.schema, after.rules) }
  const changes: Change[] = []
  for (const type of Object.values(now.schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    if (isObjectType(type)) changes.push(...objectChanges(old, now, type))
    if (isInputObjectType(type)) changes.push(...inputChanges(old, now, type))
  }
  return changes
}

type Reached = Ruled & { readonly access: Access }

function* objectChanges(old: Reached, now: Reached, type: GraphQLObjectType): Generator<Change> {
  const former = old.schema.getType(type.name)
  const was = old.access.get(type.name) ?? NOBODY
  const is = now.access.get(type.name) ?? NOBODY
  if (former) yield* change(type.name, was, is)
  for (const field of Object.values(type.getFields())) {
    const coordinate = `${type.name}.${field.name}`
    const needs = fieldRule(now.schema, now.rules, type, field.name)
    const known = isObjectType(former) ? former.getFields()[field.name] : undefined
    if (!isObjectType(former) || !known) {
      yield { kind: 'new', coordinate, before: NOBODY, after: both(is, needs) }
      continue
    }
    const needed = fieldRule(old.schema, old.rules, former, field.name)
    if (!same(needed, needs)) yield* change(coordinate, both(was, needed), both(is, needs))
    for (const { name } of field.args)
      if (known.args.some((argument) => argument.name === name))
        yield* ownChange(old, now, `${coordinate}(${name}:)`)
  }
}

function* inputChanges(old: Reached, now: Reached, type: GraphQLInputObjectType): Generator<Change> {
  const former = old.schema.getType(type.name)
  if (!isInputObjectType(former)) return
  for (const name of Object.keys(type.getFields()))
    if (former.getFields()[name]) yield* ownChange(old, now, `${type.name}.${name}`)
}

/** What an input asks for is its own rule, whichever way led to it. */
const ownChange = (old: Ruled, now: Ruled, coordinate: string) =>
  change(coordinate, old.rules.get(coordinate) ?? ANYBODY, now.rules.get(coordinate) ?? ANYBODY)

const same = (one: Rule, other: Rule) => implies(one, other) && implies(other, one)

function* change(coordinate: string, before: Rule, after: Rule): Generator<Change> {
  if (same(before, after)) return
  yield { kind: implies(after, before) ? 'stronger' : 'weaker', coordinate, before, after }
}
