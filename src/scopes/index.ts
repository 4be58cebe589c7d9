/**
 * The package `graphql-oauth-scopes`: the `@requiresScope` engine. Pure functions on graphql-js, without I/O.
 *
 * - A **rule** is the `@requiresScope` or `@authenticated` at one schema coordinate: an OR of ANDs of scopes.
 * - A **decision** is the result of authorizing an operation for the scopes and variables of one request. It is made before
 *   anything executes. Unknown conditions fail closed: they count as included.
 * - A **denial** is one coordinate that the scopes do not satisfy, with the scopes that are missing.
 * - A **challenge** is the HTTP response to a denied request.
 */
export type { AdapterOptions } from './adapter.ts'
export type { Allowed, Decision, Denial, Denied } from './authorize-plan.ts'
export { buildSchemaFromFiles } from './build-schema.ts'
export { type Challenge, type ChallengeOptions, formatChallenge } from './challenge.ts'
export {
  type AuthorizationRequest,
  createScopes,
  type DeniedHandling,
  type Scopes,
  type ScopesOptions,
  type TableRow,
} from './create-scopes.ts'
export type { Explanation } from './explain-requirements.ts'
export type { DeclaredScope } from './read-rules.ts'
export { describeScopes, type Rule } from './rule.ts'
export { type SchemaViolation, ScopeSchemaError } from './schema-violation.ts'
export { scopeDirectives } from './scope-directives.ts'
