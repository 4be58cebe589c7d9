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

type ImportResult = {
  readonly label: string
  readonly stats: ImportStats
  readonly outcome: ImportOutcome
  readonly seconds: number
  readonly rejectsPath: string
  readonly json: boolean
}

/** Prints the result of an import, and how to resume one that did not finish. Standard output is reserved for results. */
export function printImportResult({ label, stats, outcome, seconds, rejectsPath, json }: ImportResult): void {
  const { read, skipped, stored, rejected, settledBefore } = stats
  const numbers = [
    `${read} read`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    `${stored} stored`,
    rejected > 0 ? `${rejected} rejected (${rejectsPath})` : '0 rejected',
    `${seconds.toFixed(1)} s`,
    ...(outcome === 'done' ? [`${Math.round(stored / Math.max(seconds, 0.001))}/s`] : []),
  ]
  const summary = `import ${label}: ${outcome === 'done' ? '' : `${outcome} after `}${numbers.join(', ')}`
  if (json) {
    const rejects = rejected > 0 ? rejectsPath : null
    console.log(JSON.stringify({ event: 'summary', outcome, ...stats, rejects, seconds }))
    console.error(summary)
  } else {
    console.log(summary)
  }
  if (outcome !== 'done' && read > 0)
    console.error(`To resume, run the same command again; --from-line ${settledBefore} skips what is done.`)
}
