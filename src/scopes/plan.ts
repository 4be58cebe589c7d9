import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from 'graphql'
import { compileVariant, type PlanSource, type PlanVariant } from './plan-variant.ts'
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
 * Not checked here: that the document is valid.
 * @throws GraphQLError for a fragment with variables
 */
export function compilePlan(
  schema: GraphQLSchema,
  rules: Rules,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Plan {
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
  // An option of the parser, with which a variable in a fragment is not the one of the operation.
  const parametrized = fragments.find(({ variableDefinitions = [] }) => variableDefinitions.length > 0)
  if (parametrized) throw new GraphQLError(`The fragment "${parametrized.name.value}" has variables.`)
  const source: PlanSource = {
    schema,
    rules,
    operation,
    fragments: new Map(fragments.map((node) => [node.name.value, node])),
    variableDefaults: readVariableDefaults(operation),
  }
  const conditionVariables = new Set<string>()
  const allSelections = compileVariant(source, (variable) => void conditionVariables.add(variable))
  const dependsOnVariables = conditionVariables.size + allSelections.guardedVariables.length > 0
  // A plan without conditions does not refer to the document, so that it is freed earlier.
  const getVariant =
    conditionVariables.size === 0 ? () => plan : createGetVariant(source, [...conditionVariables])
  const plan: Plan = { ...allSelections, schemaRules: rules, dependsOnVariables, getVariant }
  return plan
}

/** Creates the function that compiles a variant for each combination of `@skip` and `@include` conditions. */
function createGetVariant(source: PlanSource, conditionVariables: readonly string[]): Plan['getVariant'] {
  const variants = new Map<string, PlanVariant>()

  function readCondition(variable: string, variables: RawVariables): boolean | undefined {
    const value = getProvidedValue(variable, source.variableDefaults.get(variable), variables)
    // Other values exclude nothing.
    return typeof value === 'boolean' ? value : undefined
  }

  return function getVariant(variables) {
    const values = new Map(conditionVariables.map((name) => [name, readCondition(name, variables)]))
    const key = [...values.values()].join()
    const existing = variants.get(key)
    if (existing) return existing
    const variant = compileVariant(source, (name) => values.get(name))
    if (variants.size === MAX_VARIANTS) variants.clear()
    variants.set(key, variant)
    return variant
  }
}
