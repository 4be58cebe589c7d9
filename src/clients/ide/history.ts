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

/** Loads the latest operations of this browser, the last one first. Returns none if they cannot be read. */
export function loadHistory(): readonly HistoryEntry[] {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored : []
  } catch {
    return []
  }
}

/** Adds an operation to the stored history, and returns the history. Skips very long operations. */
export function addToHistory(entry: HistoryEntry): readonly HistoryEntry[] {
  const text = JSON.stringify(entry)
  const others = loadHistory().filter((other) => JSON.stringify(other) !== text)
  const updated = [entry, ...others].slice(0, MAX_ENTRIES)
  try {
    if (text.length <= MAX_ENTRY_LENGTH) localStorage.setItem(KEY, JSON.stringify(updated))
  } catch {
    // The storage is full. The operation is executed all the same.
  }
  return updated
}
