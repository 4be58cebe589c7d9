import { DatabaseSync } from 'node:sqlite'
import { expect, jest, test } from '@jest/globals'
import { createDatabaseAdapter } from '../../src/database/sqlite-adapter.ts'

test('sqlite-adapter/P01 keeps prepared statements, up to a limit', () => {
  using database = new DatabaseSync(':memory:')
  const prepare = jest.spyOn(database, 'prepare')
  const adapter = createDatabaseAdapter(database)
  const select = (number: number) => adapter.prepare(`select ${number} as n`).all([])[0]
  for (let round = 0; round < 2; round += 1) for (let i = 0; i < 200; i += 1) select(i)
  expect(prepare).toHaveBeenCalledTimes(200)
  select(200)
  expect(select(0)).toEqual({ n: 0 })
  expect(prepare).toHaveBeenCalledTimes(202)
})
