import {
  type DocumentNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql'
import { getArgumentValue } from './directive-arguments.ts'
import { computeFieldRule } from './field-rules.ts'
import { compilePlan } from './plan.ts'
import { findElementsWith, type SchemaCheck } from './read-rules.ts'
import { ALLOW_ALL, and, describeRule, implies, type Rules } from './rule.ts'
import type { Violation } from './schema-violation.ts'

/** Finds fields and arguments with a weaker rule than the interface that they implement (GHSA-mx7m-j9xf-62hw). */
export function* findWeakerImplementations({ schema, rules }: SchemaCheck): Generator<Violation> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const parent of type.getInterfaces())
      for (const name of Object.keys(parent.getFields())) yield* findWeakerField(rules, type, parent, name)
  }
}

function* findWeakerField(
  rules: Rules,
  type: GraphQLObjectType | GraphQLInterfaceType,
  parent: GraphQLInterfaceType,
  name: string,
): Generator<Violation> {
  const field = type.getFields()[name]
  const fieldRule = computeFieldRule(rules, type, name)
  const parentArguments = parent.getFields()[name]?.args ?? []
  for (const suffix of ['', ...parentArguments.map((argument) => `(${argument.name}:)`)]) {
    const parentCoordinate = `${parent.name}.${name}${suffix}`
    const coordinate = `${type.name}.${name}${suffix}`
    const required = rules.get(parentCoordinate)
    if (!required || implies(and(fieldRule, rules.get(coordinate) ?? ALLOW_ALL), required)) continue
    const message = `is weaker than ${parentCoordinate}, which it implements.`
    yield { coordinate, node: field?.astNode, message, fix: `Require ${describeRule(required)}.` }
  }
}

/**
 * Finds fields with a weaker rule than the fields that they read through Federation's `@requires`, whose values they
 * could disclose (GHSA-m8jr-fxqx-8xx6).
 */
export function* findFederationRequiresViolations({
  schema,
  rules,
  elements,
}: SchemaCheck): Generator<Violation> {
  for (const { coordinate, node } of findElementsWith(elements, 'requires')) {
    const [typeName = '', fieldName = ''] = coordinate.split('.')
    const type = schema.getType(typeName)
    const selection = getArgumentValue(node, 'fields')
    if (!isObjectType(type) || selection?.kind !== Kind.STRING) continue
    const fieldSet = parseFieldSet(selection.value)
    if (!fieldSet)
      yield { coordinate, node, message: 'has an invalid field set.', fix: 'Write it like "id name".' }
    const fieldRule = computeFieldRule(rules, type, fieldName)
    for (const required of fieldSet ? collectFieldSetRequirements(schema, rules, type, fieldSet) : []) {
      if (implies(fieldRule, required.rule)) continue
      const message = `reads ${required.coordinate} through @requires.`
      yield { coordinate, node, message, fix: `Require ${describeRule(required.rule)} too.` }
    }
  }
}

/** Parses a field set, for example `id owner { name }`; returns undefined if it is not valid. */
function parseFieldSet(fieldSet: string): DocumentNode | undefined {
  try {
    return parse(`{ ${fieldSet} }`)
  } catch {
    return undefined
  }
}

/** Returns the requirements of a field set on a type: the plan of a query with that type as its root. */
function collectFieldSetRequirements(
  schema: GraphQLSchema,
  rules: Rules,
  type: GraphQLObjectType,
  document: DocumentNode,
) {
  const schemaWithRoot = Object.create(schema, { getRootType: { value: () => type } }) as GraphQLSchema
  const [operation] = document.definitions as readonly [OperationDefinitionNode]
  return compilePlan(schemaWithRoot, rules, document, operation).requirements
}
