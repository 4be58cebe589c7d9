// What PostgreSQL does before it has counted a table is as fast as afterwards: an import is over before it counts.

import { expect, test } from '@jest/globals'
import type { CompiledQuery } from 'kysely'
import pg from 'pg'
import { createBooks } from '../../src/database/book-repository.ts'
import { Database, openDatabase } from '../../src/database/database.ts'
import { POSTGRES, postgresDialect, SERVING } from '../../src/database/postgres.ts'
import { recorded } from '../support/database/recording-dialect.ts'
import { newPostgres, onPostgres } from '../support/databases.ts'
import { onServer } from '../support/query-postgres.ts'

/** So many that to go through them all is the longer way for any planner. */
const KEYS = 400_000

onPostgres('on PostgreSQL', () => {
  test('keys are found by themselves, not among all of their client’s', async () => {
    const url = await newPostgres()
    await (await openDatabase(url)).destroy()
    await onServer('alter table idempotency set (autovacuum_enabled = off)', url)
    await onServer(
      `insert into idempotency select 'job', 'k' || i, '', 'hash', '1', 0 from generate_series(1, ${KEYS}) i`,
      url,
    )
    const asked: CompiledQuery[] = []
    const database = new Database(recorded(postgresDialect(url, SERVING), asked), POSTGRES)
    const book = { id: undefined, title: 't', author: 'a', cents: 1, numPages: 1 }
    const books = Array.from({ length: 256 }, (_, i) => ({
      ...book,
      argument: `inputs[${i}]`,
      key: `k${i + 1}`,
    }))
    const write = { client: 'job', addedBy: 'job', at: new Date(), keepMs: 1, claim: undefined }
    await createBooks(database).add(books, write)
    const [lookup] = asked.filter((query) => /^select .* from "idempotency"/.test(query.sql))
    await database.destroy()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query(`explain ${lookup?.sql}`, [...(lookup?.parameters ?? [])])
    await client.end()
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index Cond: \(\(key = /)
  })
})
