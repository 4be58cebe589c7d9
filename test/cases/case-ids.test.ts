import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

const TEST_FOLDER = join(import.meta.dirname, '..')

/** An id has its table's name in front, as in `auth/T21`; a variant may follow, as in `doctor/D09a-okta`. */
const ID = String.raw`[a-z][a-z-]*/[A-Z]{1,3}\d+[a-z]*(?:-[a-z]+)*`
/** Ids occur as the `id` of a row, or at the beginning of a test's title. */
const ROW_ID = new RegExp(
  `(?:\\bid: |\\b(?:test|it|describe|\\w*[tT]est\\w*)\\(\\s*)['"\`](${ID})(?=['"\`: ])`,
  'g',
)

const sources = readdirSync(TEST_FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('case-ids.test.ts'))
  .map((name) => ({ name, text: readFileSync(join(TEST_FOLDER, name), 'utf8') }))
const ids = sources.flatMap(({ text }) => [...text.matchAll(ROW_ID)].map(([, id = '']) => id))

test('finds the rows of all tables', () => {
  expect(ids.length).toBeGreaterThan(1_000)
})

test('no two rows have the same id', () => {
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
})

test('no id is at the end of a title, where the tests above do not find it', () => {
  const atEnd = new RegExp(`\\((${ID})\\)['"\`]`, 'g')
  expect(sources.flatMap(({ text }) => [...text.matchAll(atEnd)].map(([, id]) => id))).toEqual([])
})

test('every id carries the name of its table', () => {
  const withoutTable = sources.flatMap(({ name, text }) =>
    [...text.matchAll(/\{\s*id: '([A-Z]{1,3}\d+[a-z]*)',\s*(?:title|name): /g)].map(
      ([, id]) => `${name}: ${id}`,
    ),
  )
  expect(withoutTable).toEqual([])
})

test('every group of bad input from T01 to T36 has a row; T27 is not about tokens', () => {
  const groups = Array.from({ length: 36 }, (_, i) => `T${String(i + 1).padStart(2, '0')}`)
  const found = ids.map((id) => id.split('/')[1] ?? '')
  expect(groups.filter((group) => !found.some((id) => id.startsWith(group)))).toEqual(['T27'])
})
