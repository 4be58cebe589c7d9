// The groups of bad input are a promise; a group without a row, or two rows with one number, would break it silently.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

const TESTS = join(import.meta.dirname, '..')
const sources = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('case-ids.test.ts'))
  .map((name) => readFileSync(join(TESTS, name), 'utf8'))
const ids = sources.flatMap((text) =>
  [...text.matchAll(/(?<=['`](?:[a-z-]+\/)?)T\d\d[a-z]*(?=['` ])/g)].map(([id]) => id),
)

test('every group from T01 to T36 has a row; T27 is not about tokens', () => {
  const groups = Array.from({ length: 36 }, (_, i) => `T${String(i + 1).padStart(2, '0')}`)
  expect(groups.filter((group) => !ids.some((id) => id.startsWith(group)))).toEqual(['T27'])
})

test('no two rows have the same number', () => {
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
})
