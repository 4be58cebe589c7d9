import type { FetchKeys } from '../../auth/key-set.ts'
import type { Memory } from '../../auth/replay-store.ts'
import type { Count } from '../../lib/rate-limit.ts'
import type { Numbers } from '../../observability/metrics/aggregate.ts'

/** What several processes of one copy have in common; with one process there is none. */
export type Common = {
  /** Which of them this is; its log's lines tell. */
  readonly worker: number
  readonly fetchKeys: FetchKeys
  /** Calls what looks at the keys again, whenever somebody has fetched them. */
  readonly onKeys: (look: () => void) => void
  /** Of DPoP proofs and nonces, where there is no Redis. */
  readonly memory: Memory
  readonly countOf: (name: 'address' | 'client') => Count
  /** The numbers of all, as text, with this one's. */
  readonly metricsText: () => Promise<string>
  /** Says where this one's numbers are looked up. */
  readonly onNumbers: (numbers: () => Promise<Numbers>) => void
}
