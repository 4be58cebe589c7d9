import type { Tally } from './import-stats.ts'

export type Outcome = 'done' | 'stopped' | 'failed'

/** What an import came to: a line for logs, whatever became of it. */
export function summaryLine(label: string, tally: Tally, outcome: Outcome, seconds: number, rejects: string) {
  const { read, skipped, stored, rejected } = tally
  const numbers = [
    `${read} read`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    `${stored} stored`,
    rejected > 0 ? `${rejected} rejected (${rejects})` : '0 rejected',
    `${seconds.toFixed(1)} s`,
    `${Math.round(stored / Math.max(seconds, 0.001))}/s`,
  ]
  return `import ${label}: ${outcome === 'done' ? '' : `${outcome} after `}${numbers.join(', ')}`
}

/** How to go on after an import that did not come to its end. */
export const goOn = ({ settledBefore }: Tally) =>
  `To go on, run the same command again: no book is added twice. All before line ${settledBefore} is settled; --from-line ${settledBefore} passes over it.`
