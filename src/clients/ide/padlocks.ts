import type { IntrospectionQuery } from 'graphql'
import { buildClientSchema, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import {
  ALLOW_ALL,
  computeFieldRule,
  describeRule,
  isSatisfied,
  type Rule,
  type Rules,
} from '../../scopes/index.ts'

/** A schema coordinate with its rule, evaluated for the scopes of a token. */
export type FieldPadlock = {
  readonly coordinate: string
  readonly type: string
  /** `name`, or `name(argument:)`. */
  readonly field: string
  /** The rule as text, for example `a and b, or c`; empty for a public field. */
  readonly requirement: string
  readonly state: 'open' | 'locked' | 'public'
}

/** Converts the rules from the API's JSON. */
export const toRules = (rows: readonly { coordinate: string; scopes: Rule }[]): Rules =>
  new Map(rows.map(({ coordinate, scopes }) => [coordinate, scopes]))

/** Computes the padlocks of all fields, arguments and input fields. */
export function computePadlocks(
  introspection: IntrospectionQuery,
  rules: Rules,
  heldScopes: ReadonlySet<string>,
): readonly FieldPadlock[] {
  const schema = buildClientSchema(introspection)
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__')) return []
    const toPadlock = (field: string, rule: Rule = ALLOW_ALL) =>
      createPadlock(type.name, field, rule, heldScopes)
    if (isInputObjectType(type))
      return Object.keys(type.getFields()).map((name) => toPadlock(name, rules.get(`${type.name}.${name}`)))
    if (!isObjectType(type) && !isInterfaceType(type)) return []
    return Object.values(type.getFields()).flatMap(({ name, args }) => [
      toPadlock(name, computeFieldRule(schema, rules, type, name)),
      ...args
        .map((argument) => `${name}(${argument.name}:)`)
        .map((field) => toPadlock(field, rules.get(`${type.name}.${field}`))),
    ])
  })
}

function createPadlock(
  type: string,
  field: string,
  rule: Rule,
  heldScopes: ReadonlySet<string>,
): FieldPadlock {
  const place = { coordinate: `${type}.${field}`, type, field }
  if (rule.some((alternative) => alternative.length === 0))
    return { ...place, requirement: '', state: 'public' }
  return {
    ...place,
    requirement: describeRule(rule),
    state: isSatisfied(rule, heldScopes) ? 'open' : 'locked',
  }
}

/** Describes a padlock in words, for users who cannot see its image. */
export const describePadlockState = (state: FieldPadlock['state']) =>
  ({ public: 'public', open: 'allowed by your token', locked: 'locked' })[state]
