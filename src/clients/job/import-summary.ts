import type { ImportStats } from './import-stats.ts'

export type ImportOutcome = 'done' | 'stopped' | 'failed'

/** What an import came to: a line for logs, whatever became of it. */
export function formatImportSummary(
  label: string,
  stats: ImportStats,
  outcome: ImportOutcome,
  seconds: number,
  rejectsPath: string,
) {
  const { read, skipped, stored, rejected } = stats
  const numbers = [
    `${read} read`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    `${stored} stored`,
    rejected > 0 ? `${rejected} rejected (${rejectsPath})` : '0 rejected',
    `${seconds.toFixed(1)} s`,
    `${Math.round(stored / Math.max(seconds, 0.001))}/s`,
  ]
  return `import ${label}: ${outcome === 'done' ? '' : `${outcome} after `}${numbers.join(', ')}`
}

/** How to go on after an import that did not come to its end. */
export const formatResumeHint = ({ settledBefore }: ImportStats) =>
  `To go on, run the same command again: no book is added twice. All before line ${settledBefore} is settled; --from-line ${settledBefore} passes over it.`
