import type { Clock } from '../lib/clock.ts'
import type { Bounds } from './http-probe.ts'

/** What the API's own check says of a token: its caller, why it is refused, or that there are no keys to tell. */
export type Verdict =
  | { readonly accepted: true; readonly scopes: readonly string[]; readonly bound: boolean }
  | { readonly accepted: false; readonly reason: string; readonly words: string }
  | { readonly accepted: undefined }

/** What is known of a database without changing it. */
type DatabaseState =
  | { readonly state: 'memory' }
  | { readonly state: 'absent' | 'current' | 'older'; readonly place: string }
  | { readonly state: 'newer'; readonly names: readonly string[] }
  | { readonly state: 'unopened' | 'read-only' | 'away' | 'standby' | 'forbidden'; readonly words: string }

type RedisState = { readonly version: string; readonly policy: string | undefined }

/** What a field asks for, and whether scopes open it. */
type Opened = { readonly field: string; readonly asks: string; readonly open: boolean }

/** What the server's rooms do for doctor, which imports none of them. */
export type Tools = {
  readonly clock: Pick<Clock, 'now'>
  readonly nodeVersion: string
  readonly bounds: Bounds
  /** How far clocks may differ for the API. */
  readonly toleranceSeconds: number
  /** Bits of each key of a key set that can check a token; throws when none can. */
  readonly keySizes: (document: unknown) => readonly number[]
  /** As the API does it. */
  readonly verify: (token: string) => Promise<Verdict>
  /** Its header, key and signature alone, whatever it claims. */
  readonly verifySignature: (token: string) => Promise<Verdict>
  /** What scopes open of the API, by the schema's rules. */
  readonly opens: (scopes: readonly string[]) => readonly Opened[]
  readonly lookAtDatabase: (url: string) => Promise<DatabaseState>
  /** Rejects when it does not answer. */
  readonly askRedis: (url: string) => Promise<RedisState>
}
