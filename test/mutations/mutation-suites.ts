import { AUTH_MUTATIONS } from './auth-mutations.ts'
import { EXECUTOR_MUTATIONS } from './executor-mutations.ts'
import { SCOPES_MUTATIONS } from './scopes-mutations.ts'
import type { SourceMutation } from './source-mutation.ts'

/** The mutations of a folder of src, and the tests that must notice them. */
export type MutationSuite = {
  readonly folder: string
  readonly mutations: readonly SourceMutation[]
  readonly tests: readonly string[]
  /** Run only if `tests` pass, because they take longer. */
  readonly slowTests?: readonly string[]
}

export const MUTATION_SUITES: readonly MutationSuite[] = [
  {
    folder: 'scopes',
    mutations: SCOPES_MUTATIONS,
    tests: ['test/scopes/', 'test/graphql/(requires-scope|denial-cache|plan-cache|operation-info)'],
    slowTests: ['test/scopes/(?!package|codegen)'],
  },
  {
    folder: 'executor',
    mutations: EXECUTOR_MUTATIONS,
    tests: ['test/executor/', 'test/graphql/compiled-execution.test.ts'],
    slowTests: ['test/executor/'],
  },
  {
    folder: 'auth',
    mutations: AUTH_MUTATIONS,
    tests: [
      'test/auth/(?!issuer-outages)',
      'test/observability/metrics/token-metrics.test.ts',
      'test/http/protocol-errors.test.ts',
    ],
  },
]
