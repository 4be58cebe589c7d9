/**
 * The exports for the other folders of this project, besides those of `index.ts`. Not part of the package.
 *
 * - A **plan** holds the compiled requirements of one operation. It is compiled once per document and operation; a
 *   **variant** of it, once per combination of the values of `@skip` and `@include`.
 * - A **requirement** is one rule that the operation runs into, with its coordinate and path. It may depend on `@skip`,
 *   `@include` or an input in a variable; these are evaluated per request.
 */
export { authorizePlan, computeRequiredScopes } from './authorize-plan.ts'
export { createDenialError, formatChallenge } from './challenge.ts'
export { enforceRules } from './create-scopes.ts'
export { diffScopes } from './diff-scopes.ts'
export { getStringArgument } from './directive-arguments.ts'
export { explainOperation } from './explain-operation.ts'
export { computeFieldRule } from './field-rules.ts'
export { containsInputField } from './guarded-inputs.ts'
export { readValidatedRules } from './lint.ts'
export { listGuardedNonNullFields } from './non-null-fields.ts'
export { compilePlan, type Plan } from './plan.ts'
export { getProvidedValue, type RawVariables, readVariableDefaults } from './raw-variables.ts'
export {
  type DeclaredScope,
  findElementsWith,
  listSchemaElements,
  readDeclaredScopes,
  readRules,
} from './read-rules.ts'
export {
  ALLOW_ALL,
  ANONYMOUS,
  and,
  describeRule,
  describeRules,
  isSatisfied,
  type Rules,
} from './rule.ts'
