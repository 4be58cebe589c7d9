/**
 * The `@requiresScope` engine: the public API for the other folders. Pure functions on graphql-js, without I/O.
 *
 * - A **rule** is the `@requiresScope` at one schema coordinate: an OR of ANDs of scopes.
 * - A **plan** holds the compiled requirements of one operation. It is compiled once per document and operation; a
 *   **variant** of it, once per combination of the values of `@skip` and `@include`.
 * - A **requirement** is one rule that the operation runs into, with its coordinate and path. It may depend on `@skip`,
 *   `@include` or an input in a variable; these are evaluated per request.
 * - A **decision** is the result of authorizing a plan for the scopes and variables of one request. It is made before
 *   anything executes. Unknown conditions fail closed: they count as included.
 * - A **denial** is one coordinate that the scopes do not satisfy, with the scopes that are missing.
 */
export {
  authorizePlan,
  computeRequiredScopes,
  type Decision,
  type Denial,
  type Denied,
} from './authorize-plan.ts'
export { type Challenge, type ChallengeOptions, describeDenial, formatChallenge } from './challenge.ts'
export {
  type AuthorizationRequest,
  createScopes,
  type DeniedHandling,
  enforceRules,
  type Scopes,
  type ScopesOptions,
} from './create-scopes.ts'
export { diffScopes } from './diff-scopes.ts'
export { getStringArgument } from './directive-arguments.ts'
export { explainOperation } from './explain-operation.ts'
export { computeFieldRule } from './field-rules.ts'
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
  type Rule,
  type Rules,
} from './rule.ts'
export { type SchemaViolation, ScopeSchemaError, toViolation } from './schema-violation.ts'
