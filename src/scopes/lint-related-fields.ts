import {
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql'
import { describeRule } from './describe-rules.ts'
import { computeFieldRule } from './field-rules.ts'
import { compilePlan } from './plan.ts'
import { getArgumentValue, type Rules } from './read-rules.ts'
import { ALLOW_ALL, and, implies } from './rule.ts'
import type { Violation } from './violation.ts'

/** A rule on an interface's field or argument promises that no implementer is opener (GHSA-mx7m-j9xf-62hw). */
export function* weakerImplementations(schema: GraphQLSchema, rules: Rules): Generator<Violation> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const parent of type.getInterfaces())
      for (const field of Object.values(parent.getFields()))
        yield* weakField(schema, rules, type, parent, field.name)
  }
}

function* weakField(
  schema: GraphQLSchema,
  rules: Rules,
  type: GraphQLObjectType | GraphQLInterfaceType,
  parent: GraphQLInterfaceType,
  name: string,
): Generator<Violation> {
  const field = type.getFields()[name]
  const own = computeFieldRule(schema, rules, type, name)
  const places = ['', ...(parent.getFields()[name]?.args ?? []).map((argument) => `(${argument.name}:)`)]
  for (const place of places) {
    const promised = rules.get(`${parent.name}.${name}${place}`)
    const coordinate = `${type.name}.${name}${place}`
    if (!promised || implies(and(own, rules.get(coordinate) ?? ALLOW_ALL), promised)) continue
    const message = `is weaker than ${parent.name}.${name}${place}, which it implements; it must ask for ${describeRule(promised)}.`
    yield { coordinate, node: field?.astNode, message }
  }
}

/**
 * A field that says by Federation's `@requires` that it reads others hands on what they hold, so it must ask for no
 * less than they do (GHSA-m8jr-fxqx-8xx6).
 */
export function* requiresViolations(schema: GraphQLSchema, rules: Rules): Generator<Violation> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const node = field.astNode?.directives?.find((one) => one.name.value === 'requires')
      const reads = node && getArgumentValue(node, 'fields')
      if (reads?.kind !== Kind.STRING) continue
      const own = computeFieldRule(schema, rules, type, field.name)
      for (const { coordinate, rule } of asksOf(schema, rules, type, reads.value)) {
        if (implies(own, rule)) continue
        const message = `reads ${coordinate} by @requires; it must ask for ${describeRule(rule)} too.`
        yield { coordinate: `${type.name}.${field.name}`, node, message }
      }
    }
  }
}

/** What a selection on a type asks for: the plan of a query whose root is that type. */
function asksOf(schema: GraphQLSchema, rules: Rules, type: GraphQLObjectType, fields: string) {
  const document = parse(`{ ${fields} }`)
  const rooted = Object.create(schema, { getRootType: { value: () => type } }) as GraphQLSchema
  return compilePlan(rooted, rules, document, document.definitions[0] as OperationDefinitionNode).requirements
}
