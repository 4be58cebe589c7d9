// What only a power cut or a second process would show: kill -9 loses nothing that the operating system has.

import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { openDatabase } from '../../src/database/database.ts'
import { createTemporaryFolder } from '../support/cli-process.ts'

test.each([
  ['synchronous', 2],
  ['journal_mode', 'wal'],
  ['busy_timeout', 500],
])('%s is %s', async (name, value) => {
  const database = await openDatabase(`file:${join(createTemporaryFolder(), 'books.db')}`)
  const { rows } = await sql<Record<string, unknown>>`${sql.raw(`pragma ${name}`)}`.execute(database)
  await database.destroy()
  expect(rows.map((row) => Object.values(row))).toEqual([[value]])
})
