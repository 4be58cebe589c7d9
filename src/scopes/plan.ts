import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { compileVariant, type PlanVariant } from './plan-variant.ts'
import { getProvidedValue, type RawVariables, readVariableDefaults } from './raw-variables.ts'
import type { Rules } from './rule.ts'

/** The compiled requirements of one operation: those of all selections, as if every condition included its selection. */
export type Plan = PlanVariant & {
  readonly schemaRules: Rules
  /** False if the decision is the same for all variables. */
  readonly dependsOnVariables: boolean
  /** Returns the requirements of the selections that the variables of a request include. */
  readonly getVariant: (variables: RawVariables) => PlanVariant
}

/** Few, because a caller whose scopes suffice for all selections needs none. */
const MAX_VARIANTS = 4

/**
 * Compiles the requirements of one operation into a plan, which can be reused for every request with this document.
 * A variant for other values of the conditions is compiled when a request first needs it, at the same cost.
 * Not checked here: that the document is valid against the schema.
 */
export function compilePlan(
  schema: GraphQLSchema,
  rules: Rules,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Plan {
  const conditionVariables = new Set<string>()
  const allSelections = compileVariant(schema, rules, document, operation, (variable) => {
    conditionVariables.add(variable)
  })
  const defaults = readVariableDefaults(operation)
  const conditions = [...conditionVariables].map((name) => ({ name, defaultValue: defaults.get(name) }))
  const variants = new Map<string, PlanVariant>()

  function getVariant(variables: RawVariables): PlanVariant {
    if (conditions.length === 0) return plan
    const values = conditions.map(({ name, defaultValue }) => {
      const value = getProvidedValue(name, defaultValue, variables)
      // Other values exclude nothing.
      return typeof value === 'boolean' ? value : undefined
    })
    const key = values.join()
    const existing = variants.get(key)
    if (existing) return existing
    const valueByName = new Map(conditions.map(({ name }, i) => [name, values[i]]))
    const variant = compileVariant(schema, rules, document, operation, (name) => valueByName.get(name))
    if (variants.size === MAX_VARIANTS) variants.clear()
    variants.set(key, variant)
    return variant
  }

  const dependsOnVariables = conditions.length + allSelections.guardedVariables.length > 0
  const plan = { ...allSelections, schemaRules: rules, dependsOnVariables, getVariant }
  return plan
}
