import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { INVALID_CSV_ROWS } from '../../cases/import/csv-rows.ts'
import { INVALID_FILES, VALID_FILES } from '../../cases/import/files.ts'
import { INVALID_JSON_LINES } from '../../cases/import/json-lines.ts'
import { fetchTitlesByAuthor, importFile, writeTemporaryFile } from '../../support/job/import-file.ts'
import { type Service, startService } from '../../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

test.each([...VALID_FILES, ...INVALID_FILES, ...INVALID_CSV_ROWS, ...INVALID_JSON_LINES])(
  '%s %s',
  async (id, _, name, content, outcome) => {
    const file = writeTemporaryFile(content, name)
    if ('fault' in outcome) {
      await expect(importFile(service, file)).rejects.toMatchObject({
        name: 'JobError',
        message: expect.stringMatching(outcome.fault),
      })
      return
    }
    const { stats, rejectedRows, rejectsPath } = await importFile(service, file)
    const expected = outcome.rejected ?? []
    expect(rejectedRows).toEqual(
      expected.map(([line, reason]) => ({ line: String(line), reason: expect.stringMatching(reason) })),
    )
    expect([...(await fetchTitlesByAuthor(service, id))].sort()).toEqual([...outcome.stored].sort())
    expect(stats.read).toBe(stats.stored + stats.rejected)
    if (expected.length === 0) return
    // What was rejected can be mended there and read again; as it is, it is rejected again.
    const again = await importFile(service, writeTemporaryFile(readFileSync(rejectsPath), name))
    expect([again.stats.read, again.stats.stored + again.stats.rejected]).toEqual([
      expected.length,
      expected.length,
    ])
  },
)
