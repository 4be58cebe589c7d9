import { type GraphQLSchema, validateSchema } from 'graphql'
import {
  findDirectiveViolations,
  findExtensionViolations,
  findRuleViolations,
  findScopeDeclarationViolations,
} from './lint-directives.ts'
import { findIneffectiveRules, findPublicViolations, findUnguardedFields } from './lint-reachability.ts'
import { findFederationRequiresViolations, findWeakerImplementations } from './lint-related-fields.ts'
import { listSchemaElements, readRules, type SchemaElement } from './read-rules.ts'
import type { Rules } from './rule.ts'
import { ScopeSchemaError, toViolation, type Violation } from './schema-violation.ts'

/**
 * Reads the rules of a schema and validates them.
 * @param options with `strict`, every reachable field needs a rule or `@public`, on itself or on its type. By default, a
 * rule covers everything below it.
 * @returns the rules, by coordinate
 * @throws ScopeSchemaError with every violation: invalid GraphQL, invalid, weaker and ineffective rules, uses of
 * `@public` without effect, unused scopes, and unguarded fields
 */
export function readValidatedRules(
  schema: GraphQLSchema,
  { strict: isStrict = false }: { readonly strict?: boolean } = {},
): Rules {
  const elements = [...listSchemaElements(schema)]
  const rules = readRules(schema, elements)
  const check = { schema, rules, elements, isStrict }
  const violations = [
    ...findGraphQLViolations(schema, elements),
    ...findDirectiveViolations(check),
    ...findExtensionViolations(check),
    ...findScopeDeclarationViolations(check),
    ...findRuleViolations(check),
    ...findWeakerImplementations(check),
    ...findFederationRequiresViolations(check),
    ...findIneffectiveRules(check),
    ...findPublicViolations(check),
    ...findUnguardedFields(check),
  ]
  if (violations.length > 0) throw new ScopeSchemaError(violations)
  return rules
}

/** Finds what is not valid GraphQL, such as a field of an interface that a type lacks. */
export function findGraphQLViolations(
  schema: GraphQLSchema,
  elements: readonly SchemaElement[],
): readonly Violation[] {
  const definitions = elements.flatMap(({ coordinate, nodes }) => nodes.map((node) => ({ coordinate, node })))
  return validateSchema(schema).map((error) => toViolation(error, definitions))
}
