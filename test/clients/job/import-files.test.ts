import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { BAD_ROWS } from '../../cases/import/csv-rows.ts'
import { BAD_FILES, GOOD_FILES } from '../../cases/import/files.ts'
import { BAD_LINES } from '../../cases/import/json-lines.ts'
import { fileOf, importing, titlesBy } from '../../support/job/import-file.ts'
import { type Service, startService } from '../../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

test.each([...GOOD_FILES, ...BAD_FILES, ...BAD_ROWS, ...BAD_LINES])(
  '%s %s',
  async (id, _, name, content, outcome) => {
    const file = fileOf(content, name)
    if ('fault' in outcome) {
      await expect(importing(service, file)).rejects.toMatchObject({
        name: 'JobFault',
        message: expect.stringMatching(outcome.fault),
      })
      return
    }
    const { tally, rejected, rejects } = await importing(service, file)
    const expected = outcome.rejected ?? []
    expect(rejected).toEqual(
      expected.map(([line, reason]) => ({ line: String(line), reason: expect.stringMatching(reason) })),
    )
    expect([...(await titlesBy(service, id))].sort()).toEqual([...outcome.stored].sort())
    expect(tally.read).toBe(tally.stored + tally.rejected)
    if (expected.length === 0) return
    // What was rejected can be mended there and read again; as it is, it is rejected again.
    const again = await importing(service, fileOf(readFileSync(rejects), name))
    expect([again.tally.read, again.tally.stored + again.tally.rejected]).toEqual([
      expected.length,
      expected.length,
    ])
  },
)
