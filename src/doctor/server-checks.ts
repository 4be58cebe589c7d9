import type { Clock } from '../lib/clock.ts'
import type { ProbeLimits } from './http-probe.ts'

/** The API's verdict on a token. `accepted` is undefined if the issuer's keys are unavailable. */
export type VerificationResult =
  | { readonly accepted: true; readonly scopes: readonly string[]; readonly isKeyBound: boolean }
  | { readonly accepted: false; readonly reason: string; readonly description: string }
  | { readonly accepted: undefined }

/** The state of a database, inspected without changing it. */
type DatabaseState =
  | { readonly state: 'memory' }
  | { readonly state: 'absent' | 'current' | 'older'; readonly location: string }
  | { readonly state: 'newer'; readonly names: readonly string[] }
  | {
      readonly state: 'unopened' | 'read-only' | 'away' | 'standby' | 'forbidden'
      readonly description: string
    }

type RedisState = { readonly version: string; readonly policy: string | undefined }

/** The scopes that a field requires, and the decision for a set of scopes. */
type FieldAccess = { readonly field: string; readonly requiredScopes: string; readonly isAllowed: boolean }

/** Functions of the server that doctor uses. They are injected, since doctor imports no server code. */
export type ServerChecks = {
  readonly clock: Pick<Clock, 'now'>
  readonly nodeVersion: string
  readonly probeLimits: ProbeLimits
  /** The clock difference that the API tolerates. */
  readonly clockToleranceSeconds: number
  /** Returns the size of each usable key of a JWKS. Throws if there is none. */
  readonly readKeyBits: (document: unknown) => readonly number[]
  /** Verifies a token as the API does. */
  readonly verifyToken: (token: string) => Promise<VerificationResult>
  /** Verifies header, key and signature of a token, but no claims. */
  readonly verifySignature: (token: string) => Promise<VerificationResult>
  /** Lists the protected fields of the schema with the decision for these scopes. */
  readonly listFieldAccess: (scopes: readonly string[]) => readonly FieldAccess[]
  readonly inspectDatabase: (url: string) => Promise<DatabaseState>
  /** Rejects if Redis does not answer. */
  readonly inspectRedis: (url: string) => Promise<RedisState>
}
