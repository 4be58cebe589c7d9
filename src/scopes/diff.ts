import { type GraphQLSchema, isInputObjectType, isIntrospectionType, isObjectType } from 'graphql'
import { type Access, accessOf } from './access.ts'
import { ANYBODY, both, implies, NOBODY, type Rule } from './rule.ts'
import { fieldRule, type Rules } from './rules.ts'

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
    if (isObjectType(type)) changes.push(...objectChanges(old, now, type.name))
    if (isInputObjectType(type) && isInputObjectType(old.schema.getType(type.name)))
      changes.push(...inputChanges(old, now, type.name))
  }
  return changes
}

type Reached = Ruled & { readonly access: Access }

const fieldsOf = (schema: GraphQLSchema, name: string) => {
  const type = schema.getType(name)
  return isObjectType(type) || isInputObjectType(type) ? type.getFields() : {}
}

function* objectChanges(old: Reached, now: Reached, type: string): Generator<Change> {
  const was = old.access.get(type) ?? NOBODY
  const is = now.access.get(type) ?? NOBODY
  if (old.schema.getType(type)) yield* change(type, was, is)
  const known = fieldsOf(old.schema, type)
  for (const field of Object.values(fieldsOf(now.schema, type))) {
    const coordinate = `${type}.${field.name}`
    const needs = fieldRule(now.schema, now.rules, type, field.name)
    if (!known[field.name]) {
      yield { kind: 'new', coordinate, before: NOBODY, after: both(is, needs) }
      continue
    }
    const needed = fieldRule(old.schema, old.rules, type, field.name)
    if (!same(needed, needs)) yield* change(coordinate, both(was, needed), both(is, needs))
    for (const { name } of field.args) {
      const argument = `${coordinate}(${name}:)`
      if (argumentNames(old, type, field.name).includes(name))
        yield* change(argument, old.rules.get(argument) ?? ANYBODY, now.rules.get(argument) ?? ANYBODY)
    }
  }
}

function argumentNames(old: Reached, type: string, field: string): string[] {
  const owner = old.schema.getType(type)
  return isObjectType(owner) ? (owner.getFields()[field]?.args.map((argument) => argument.name) ?? []) : []
}

function* inputChanges(old: Reached, now: Reached, type: string): Generator<Change> {
  const known = fieldsOf(old.schema, type)
  for (const name of Object.keys(fieldsOf(now.schema, type))) {
    const coordinate = `${type}.${name}`
    if (known[name])
      yield* change(coordinate, old.rules.get(coordinate) ?? ANYBODY, now.rules.get(coordinate) ?? ANYBODY)
  }
}

const same = (one: Rule, other: Rule) => implies(one, other) && implies(other, one)

function* change(coordinate: string, before: Rule, after: Rule): Generator<Change> {
  if (same(before, after)) return
  yield { kind: implies(after, before) ? 'stronger' : 'weaker', coordinate, before, after }
}
