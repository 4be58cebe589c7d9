import { DatabaseSync } from 'node:sqlite'

import { queryPostgres } from '../../test/support/query-postgres.ts'

/** The titles of all books behind this id, read past the API. */
export async function titlesIn(url: string, after: number): Promise<string[]> {
  const query = `select title from books where id > ${after}`
  if (!url.startsWith('file:'))
    return (await queryPostgres(query, url)).rows.map(({ title }) => String(title))
  const database = new DatabaseSync(url.slice('file:'.length), { readOnly: true })
  const rows = database.prepare(query).all()
  database.close()
  return rows.map(({ title }) => String(title))
}
