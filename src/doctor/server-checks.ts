import type { Clock } from '../lib/clock.ts'
import type { ProbeLimits } from './http-probe.ts'

/** What the API's own check says of a token: its caller, why it is refused, or that there are no keys to tell. */
export type VerificationResult =
  | { readonly accepted: true; readonly scopes: readonly string[]; readonly isKeyBound: boolean }
  | { readonly accepted: false; readonly reason: string; readonly description: string }
  | { readonly accepted: undefined }

/** What is known of a database without changing it. */
type DatabaseState =
  | { readonly state: 'memory' }
  | { readonly state: 'absent' | 'current' | 'older'; readonly location: string }
  | { readonly state: 'newer'; readonly names: readonly string[] }
  | {
      readonly state: 'unopened' | 'read-only' | 'away' | 'standby' | 'forbidden'
      readonly description: string
    }

type RedisState = { readonly version: string; readonly policy: string | undefined }

/** What a field asks for, and whether scopes open it. */
type FieldAccess = { readonly field: string; readonly requiredScopes: string; readonly isAllowed: boolean }

/** What the server's rooms do for doctor, which imports none of them. */
export type ServerChecks = {
  readonly clock: Pick<Clock, 'now'>
  readonly nodeVersion: string
  readonly probeLimits: ProbeLimits
  /** How far clocks may differ for the API. */
  readonly clockToleranceSeconds: number
  /** Bits of each key of a key set that can check a token; throws when none can. */
  readonly readKeyBits: (document: unknown) => readonly number[]
  /** As the API does it. */
  readonly verifyToken: (token: string) => Promise<VerificationResult>
  /** Its header, key and signature alone, whatever it claims. */
  readonly verifySignature: (token: string) => Promise<VerificationResult>
  /** What scopes open of the API, by the schema's rules. */
  readonly listFieldAccess: (scopes: readonly string[]) => readonly FieldAccess[]
  readonly inspectDatabase: (url: string) => Promise<DatabaseState>
  /** Rejects when it does not answer. */
  readonly inspectRedis: (url: string) => Promise<RedisState>
}
