import type { MetricsSnapshot } from '../../observability/metrics/aggregate.ts'

/** What several processes of one copy have in common; with one process there is none. */
export type Common = {
  /** Which of them this is; its log's lines tell. */
  readonly worker: number
  /** The numbers of all, as text, with this one's. */
  readonly metricsText: () => Promise<string>
  /** Says where this one's numbers are looked up. */
  readonly onNumbers: (numbers: () => Promise<MetricsSnapshot>) => void
}
