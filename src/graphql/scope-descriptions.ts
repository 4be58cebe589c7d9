import {
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql'
import type { Rule } from '../scopes/index.ts'
import { ALLOW_ALL, computeFieldRule, describeRule, type Rules } from '../scopes/internal.ts'

type DescribedElement = {
  description?: string | null | undefined
  readonly astNode?: { readonly description?: { readonly value: string } | undefined } | null | undefined
}

/** Adds the required scopes to the descriptions in a schema, which it modifies. IDEs show them. */
export function addScopeDescriptions(schema: GraphQLSchema, rules: Rules): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    describe(type, rules.get(type.name))
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) {
        describe(field, computeFieldRule(rules, type, field.name))
        for (const argument of field.args)
          describe(argument, rules.get(`${type.name}.${field.name}(${argument.name}:)`))
      }
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields()))
        describe(field, rules.get(`${type.name}.${field.name}`))
  }
  return schema
}

function describe(target: DescribedElement, rule: Rule = ALLOW_ALL): void {
  if (rule.some((alternative) => alternative.length === 0)) return
  const description = target.astNode?.description?.value
  target.description = [description, `Requires ${describeRule(rule)}.`].filter(Boolean).join('\n\n')
}

/** Returns the rules as JSON, for `npm run scopes -- --json` and for the IDE's padlocks. */
export const toJsonRules = (rules: Rules) =>
  [...rules].map(([coordinate, scopes]) => ({ coordinate, scopes }))
