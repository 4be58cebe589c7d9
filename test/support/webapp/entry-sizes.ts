import { DatabaseSync } from 'node:sqlite'

/** Returns the sizes of the sealed entries of an expiring store, from a SQLite file. */
export function sizesOfEntries(file: string, store: string): number[] {
  const database = new DatabaseSync(file)
  const rows = database.prepare('select length(sealed) as size from keep where room = ?').all(store)
  database.close()
  return rows.map(({ size }) => Number(size))
}
