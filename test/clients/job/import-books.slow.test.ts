import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runCli, spawnCli } from '../../support/cli-process.ts'
import {
  CSV_HEADER,
  csvRows,
  fetchTitlesByAuthor,
  writeTemporaryFile,
} from '../../support/job/import-file.ts'
import { startInterceptingApi } from '../../support/job/intercepting-api.ts'
import { type Service, startService } from '../../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

test('loses no book and adds none twice when it is killed before or after responses', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3_000, 'killed'), 'books.csv')
  for (const { killAt, isStored } of [
    { killAt: 1, isStored: true },
    { killAt: 2, isStored: false },
    { killAt: 3, isStored: true },
    { killAt: 5, isStored: true },
  ]) {
    let kill: (() => void) | undefined
    const api = await startInterceptingApi(service.apiUrl, async ({ number, forward, response }) => {
      if (number < killAt) return
      if (isStored) await forward()
      kill?.()
      response.destroy()
    })
    const job = spawnCli(['job', 'import', file], { OKTA_ISSUER: service.issuerUrl, API_URL: api })
    kill = () => job.child.kill('SIGKILL')
    expect(await job.exited).toBeNull()
  }
  const settings = { OKTA_ISSUER: service.issuerUrl, API_URL: service.apiUrl }
  const last = await runCli(['job', 'import', file], settings)
  expect([last.status, last.stdout]).toEqual([0, expect.stringMatching(/3000 read, 3000 stored, 0 rejected/)])
  const expected = Array.from({ length: 3_000 }, (_, i) => `book ${i}`).sort()
  expect([...(await fetchTitlesByAuthor(service, 'killed'))].sort()).toEqual(expected)
})
