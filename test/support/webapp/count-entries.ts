import { DatabaseSync } from 'node:sqlite'

/** Counts the entries of an expiring store, or of all, in a SQLite file. */
export function countEntries(file: string, store = '%'): number {
  const database = new DatabaseSync(file)
  const row = database.prepare('select count(*) as count from keep where room like ?').get(store)
  database.close()
  return Number(row?.count)
}
