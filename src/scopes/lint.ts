import type { GraphQLSchema } from 'graphql'
import {
  findDirectiveViolations,
  findRuleViolations,
  findScopeDeclarationViolations,
} from './lint-directives.ts'
import { findIneffectiveRules, findUnguardedFields } from './lint-reachability.ts'
import { findFederationRequiresViolations, findWeakerImplementations } from './lint-related-fields.ts'
import { listSchemaElements, readRules } from './read-rules.ts'
import type { Rules } from './rule.ts'
import { SchemaViolationsError } from './schema-violation.ts'

/**
 * Reads the rules of a schema and validates them.
 * @returns the rules, by coordinate
 * @throws SchemaViolationsError with every violation: invalid, weaker and ineffective rules, and unguarded fields
 */
export function readValidatedRules(schema: GraphQLSchema): Rules {
  const rules = readRules(schema)
  const elements = [...listSchemaElements(schema)]
  const violations = [
    ...findDirectiveViolations(schema, elements),
    ...findScopeDeclarationViolations(elements),
    ...findRuleViolations(schema, rules, elements),
    ...findWeakerImplementations(schema, rules),
    ...findFederationRequiresViolations(schema, rules),
    ...findIneffectiveRules(schema, elements),
    ...findUnguardedFields(schema, rules, elements),
  ]
  if (violations.length > 0) throw new SchemaViolationsError(violations)
  return rules
}
