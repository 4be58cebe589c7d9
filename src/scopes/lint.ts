import { type GraphQLSchema, getLocation } from 'graphql'
import { directiveViolations, ruleViolations, scopeDeclarationViolations } from './lint-directives.ts'
import { ineffectiveRules, unguardedFields } from './lint-reachability.ts'
import { requiresViolations, weakerImplementations } from './lint-related-fields.ts'
import { listSchemaElements, type Rules, readRules } from './read-rules.ts'
import type { Violation } from './violation.ts'

/** A finding as people read it; `place` is file and line. */
export type SchemaViolation = {
  readonly coordinate: string
  readonly location: string
  readonly message: string
}

/** Every fault of a schema at once; a server must not start on it. */
export class SchemaViolationsError extends Error {
  readonly violations: readonly SchemaViolation[]

  constructor(faults: readonly SchemaViolation[]) {
    const lines = faults.map((fault) => `  ${fault.coordinate} (${fault.location}): ${fault.message}`)
    super(`The schema's scopes are not right:\n${lines.join('\n')}`)
    this.name = 'SchemaViolationsError'
    this.violations = faults
  }
}

/**
 * Reads and checks a schema's rules.
 * @returns the rules, by coordinate
 * @throws SchemaFaults with every fault: rules that cannot be met, mean nothing or have no effect, and fields left open
 */
export function readValidatedRules(schema: GraphQLSchema): Rules {
  const rules = readRules(schema)
  const all = [...listSchemaElements(schema)]
  const findings = [
    ...directiveViolations(schema, all),
    ...scopeDeclarationViolations(all),
    ...ruleViolations(schema, rules, all),
    ...weakerImplementations(schema, rules),
    ...requiresViolations(schema, rules),
    ...ineffectiveRules(schema, all),
    ...unguardedFields(schema, rules, all),
  ]
  if (findings.length > 0) throw new SchemaViolationsError(findings.map(asFault))
  return rules
}

function asFault({ coordinate, node, message }: Violation): SchemaViolation {
  const place = node?.loc
    ? `${node.loc.source.name}:${getLocation(node.loc.source, node.loc.start).line}`
    : 'no source'
  return { coordinate, location: place, message }
}
