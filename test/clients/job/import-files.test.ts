import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { INVALID_CSV_ROWS } from '../../cases/import/csv-rows.ts'
import { INVALID_FILES, VALID_FILES } from '../../cases/import/files.ts'
import type { ImportCase } from '../../cases/import/import-case.ts'
import { INVALID_JSON_LINES } from '../../cases/import/json-lines.ts'
import { fetchTitlesByAuthor, importFile, writeTemporaryFile } from '../../support/job/import-file.ts'
import { type Service, startService } from '../../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

test.each(VALID_FILES)('$id imports $title', checkImport)
test.each(INVALID_FILES)('$id rejects $title', checkImport)
test.each([...INVALID_CSV_ROWS, ...INVALID_JSON_LINES])('$id rejects single rows: $title', checkImport)

async function checkImport({ id, fileName, content, expected }: ImportCase): Promise<void> {
  const file = writeTemporaryFile(content, fileName)
  if ('error' in expected) {
    await expect(importFile(service, file)).rejects.toMatchObject({
      name: 'JobError',
      message: expect.stringMatching(expected.error),
    })
    return
  }
  const { stats, rejectedRows, rejectsPath } = await importFile(service, file)
  const { stored, rejected = [] } = expected
  expect(rejectedRows).toEqual(
    rejected.map(({ line, reason }) => ({ line: String(line), reason: expect.stringMatching(reason) })),
  )
  const author = id.replace('import/', '')
  expect([...(await fetchTitlesByAuthor(service, author))].sort()).toEqual([...stored].sort())
  expect(stats.read).toBe(stats.stored + stats.rejected)
  if (rejected.length === 0) return
  // A rejects file can be imported after its rows were corrected; uncorrected rows are rejected again.
  const again = await importFile(service, writeTemporaryFile(readFileSync(rejectsPath), fileName))
  expect([again.stats.read, again.stats.stored + again.stats.rejected]).toEqual([
    rejected.length,
    rejected.length,
  ])
}
