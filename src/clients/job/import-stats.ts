/** Creates the counts of an import, which are updated while it runs. */
export const createImportStats = () => ({
  /** Rows that were read, including those that were not sent. */
  read: 0,
  /** Rows whose book is stored, by this run or an earlier one: the API's response does not tell which. */
  stored: 0,
  rejected: 0,
  /** Rows before `--from-line`. */
  skipped: 0,
  bytes: 0,
  /** All rows before this line are stored, rejected or skipped. */
  settledBefore: 1,
})

export type ImportStats = ReturnType<typeof createImportStats>
export type ImportOutcome = 'done' | 'stopped' | 'failed'

/** Formats the result of an import as one line for logs. */
export function formatImportSummary(
  label: string,
  stats: ImportStats,
  outcome: ImportOutcome,
  seconds: number,
  rejectsPath: string,
): string {
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

/** Formats the instruction to resume an import that did not finish. */
export const formatResumeHint = ({ settledBefore }: ImportStats) =>
  `To resume, run the same command again: no book is added twice. All lines before ${settledBefore} are settled; --from-line ${settledBefore} skips them.`
