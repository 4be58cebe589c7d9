import type { FetchJwks } from '../../auth/key-set.ts'
import type { ReplayStore } from '../../auth/replay-store.ts'
import type { CountRequest } from '../../lib/rate-limit.ts'
import type { MetricsSnapshot } from './aggregate-metrics.ts'

/** What several processes of one copy have in common; with one process there is none. */
export type Common = {
  /** Which of them this is; its log's lines tell. */
  readonly worker: number
  readonly fetchKeys: FetchJwks
  /** Calls what looks at the keys again, whenever somebody has fetched them. */
  readonly onKeys: (look: () => void) => void
  /** Of DPoP proofs and nonces, where there is no Redis. */
  readonly memory: ReplayStore
  readonly countOf: (name: 'address' | 'client') => CountRequest
  /** The numbers of all, as text, with this one's. */
  readonly metricsText: () => Promise<string>
  /** Says where this one's numbers are looked up. */
  readonly onNumbers: (numbers: () => Promise<MetricsSnapshot>) => void
}
