// Settings whose effect only a power cut or a second process would show.

import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { openDatabase } from '../../src/database/database.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

test.each([
  { name: 'synchronous', value: 2 },
  { name: 'journal_mode', value: 'wal' },
  { name: 'busy_timeout', value: 0 },
  { name: 'journal_size_limit', value: 16_777_216 },
])('sets $name to $value', async ({ name, value }) => {
  const database = await openDatabase(`file:${join(createTemporaryFolder(), 'books.db')}`)
  const { rows } = await sql<Record<string, unknown>>`${sql.raw(`pragma ${name}`)}`.execute(database)
  await database.destroy()
  expect(rows.map((row) => Object.values(row))).toEqual([[value]])
})
