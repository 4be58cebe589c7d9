import { type GraphQLSchema, getLocation } from 'graphql'
import { directiveFaults, scopeFaults, siteFaults } from './lint-directives.ts'
import { openFields, rulesWithoutEffect } from './lint-reachability.ts'
import { carelessReaders, weakImplementers } from './lint-related-fields.ts'
import { type Rules, readRules, sites } from './read-rules.ts'
import type { Finding } from './violation.ts'

/** A finding as people read it; `place` is file and line. */
export type SchemaFault = { readonly coordinate: string; readonly place: string; readonly message: string }

/** Every fault of a schema at once; a server must not start on it. */
export class SchemaFaults extends Error {
  readonly faults: readonly SchemaFault[]

  constructor(faults: readonly SchemaFault[]) {
    const lines = faults.map((fault) => `  ${fault.coordinate} (${fault.place}): ${fault.message}`)
    super(`The schema's scopes are not right:\n${lines.join('\n')}`)
    this.name = 'SchemaFaults'
    this.faults = faults
  }
}

/**
 * Reads and checks a schema's rules.
 * @returns the rules, by coordinate
 * @throws SchemaFaults with every fault: rules that cannot be met, mean nothing or have no effect, and fields left open
 */
export function lintedRules(schema: GraphQLSchema): Rules {
  const rules = readRules(schema)
  const all = [...sites(schema)]
  const findings = [
    ...directiveFaults(schema, all),
    ...scopeFaults(all),
    ...siteFaults(schema, rules, all),
    ...weakImplementers(schema, rules),
    ...carelessReaders(schema, rules),
    ...rulesWithoutEffect(schema, all),
    ...openFields(schema, rules, all),
  ]
  if (findings.length > 0) throw new SchemaFaults(findings.map(asFault))
  return rules
}

function asFault({ coordinate, node, message }: Finding): SchemaFault {
  const place = node?.loc
    ? `${node.loc.source.name}:${getLocation(node.loc.source, node.loc.start).line}`
    : 'no source'
  return { coordinate, place, message }
}
