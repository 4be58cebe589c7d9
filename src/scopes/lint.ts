import type { GraphQLSchema } from 'graphql'
import { directiveViolations, ruleViolations, scopeDeclarationViolations } from './lint-directives.ts'
import { ineffectiveRules, unguardedFields } from './lint-reachability.ts'
import { requiresViolations, weakerImplementations } from './lint-related-fields.ts'
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
    ...directiveViolations(schema, elements),
    ...scopeDeclarationViolations(elements),
    ...ruleViolations(schema, rules, elements),
    ...weakerImplementations(schema, rules),
    ...requiresViolations(schema, rules),
    ...ineffectiveRules(schema, elements),
    ...unguardedFields(schema, rules, elements),
  ]
  if (violations.length > 0) throw new SchemaViolationsError(violations)
  return rules
}
