/** What an import has come to so far. */
export type ImportStats = {
  /** Rows that were read, also those that were not sent. */
  read: number
  /** Rows whose book the API has, now or since an earlier run: its answers don't tell. */
  stored: number
  rejected: number
  /** Rows before `--from-line`. */
  skipped: number
  bytes: number
  /** All rows before this line are settled, one way or the other. */
  settledBefore: number
}

export const createImportStats = (): ImportStats => ({
  read: 0,
  stored: 0,
  rejected: 0,
  skipped: 0,
  bytes: 0,
  settledBefore: 1,
})
