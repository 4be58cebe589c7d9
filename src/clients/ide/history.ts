/** An operation that was executed. Its headers are not kept, since they contain the access token. */
export type HistoryEntry = {
  readonly query: string
  /** JSON, or empty. */
  readonly variables: string
  readonly operationName: string
}

/** With GraphiQL's prefix, so that the button in its settings clears it, too. */
const KEY = 'graphiql:operations'
const MAX_ENTRIES = 20
/** The storage of an origin is limited to about 5 MB. */
const MAX_ENTRY_LENGTH = 50_000

/** Loads the latest operations of this browser, the last one first. */
export const loadHistory = (): readonly HistoryEntry[] => JSON.parse(localStorage.getItem(KEY) ?? '[]')

/** Adds an operation to the stored history, and returns the history. Skips very long operations. */
export function addToHistory(entry: HistoryEntry): readonly HistoryEntry[] {
  const text = JSON.stringify(entry)
  const others = loadHistory().filter((other) => JSON.stringify(other) !== text)
  const updated = [entry, ...others].slice(0, MAX_ENTRIES)
  if (text.length <= MAX_ENTRY_LENGTH) localStorage.setItem(KEY, JSON.stringify(updated))
  return updated
}
