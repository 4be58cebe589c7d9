import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runCli, spawnCli } from '../../support/cli-process.ts'
import {
  CSV_HEADER,
  csvRows,
  fetchTitlesByAuthor,
  importFile,
  writeTemporaryFile,
} from '../../support/job/import-file.ts'
import { respondWithError, startInterceptingApi } from '../../support/job/intercepting-api.ts'
import { type Service, startService } from '../../support/service.ts'
import { createTestClock } from '../../support/test-clock.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const titles = (count: number) => Array.from({ length: count }, (_, i) => `book ${i}`).sort()
const stored = async (author: string) => [...(await fetchTitlesByAuthor(service, author))].sort()

test('kill -9 before and after an answer, again and again: no book is lost, none is there twice', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3_000, 'killed'), 'books.csv')
  for (const [killAt, whenDone] of [
    [1, true],
    [2, false],
    [3, true],
    [5, true],
  ] as const) {
    let kill: (() => void) | undefined
    const api = await startInterceptingApi(service.apiUrl, async ({ number, forward, response }) => {
      if (number < killAt) return
      if (whenDone) await forward()
      kill?.()
      response.destroy()
    })
    const job = spawnCli(['job', 'import', file], { OKTA_ISSUER: service.issuerUrl, API_URL: api })
    kill = () => job.child.kill('SIGKILL')
    expect(await job.exited).toBeNull()
  }
  const last = await runCli(['job', 'import', file], {
    OKTA_ISSUER: service.issuerUrl,
    API_URL: service.apiUrl,
  })
  expect([last.status, last.stdout]).toEqual([0, expect.stringMatching(/3000 read, 3000 stored, 0 rejected/)])
  expect(await stored('killed')).toEqual(titles(3_000))
})

test('an answer that is lost is asked for again, and what was done is not done again', async () => {
  const lost = new Set([1, 2, 5])
  const api = await startInterceptingApi(service.apiUrl, async ({ number, forward, response }) => {
    if (!lost.has(number)) return
    await forward()
    response.destroy()
  })
  const file = writeTemporaryFile(CSV_HEADER + csvRows(2_000, 'lost'), 'books.csv')
  const { stats, messages } = await importFile({ ...service, apiUrl: api }, file, {
    clock: createTestClock(),
  })
  expect([stats.stored, messages.length > 0]).toEqual([2_000, true])
  expect(await stored('lost')).toEqual(titles(2_000))
})

test('the same row under the same key is there once; one that is changed, moved or in another file is its own', async () => {
  const file = writeTemporaryFile(`${CSV_HEADER}${csvRows(2, 'again')}broken,again,x,1\n`, 'books.csv')
  expect((await importFile(service, file)).stats).toMatchObject({ stored: 2, rejected: 1 })
  const second = await importFile(service, file)
  expect([second.stats.stored, second.rejectedRows.length]).toEqual([2, 1])
  expect(await stored('again')).toEqual(titles(2))
  writeFileSync(
    file,
    `${CSV_HEADER}${csvRows(1, 'again')}changed,again,1,1\nmended,again,1,1\n${csvRows(1, 'again', 1)}`,
  )
  expect((await importFile(service, file)).stats).toMatchObject({ stored: 4, rejected: 0 })
  expect(await stored('again')).toEqual(['book 0', 'book 1', 'book 1', 'changed', 'mended'])
  await importFile(service, writeTemporaryFile(CSV_HEADER + csvRows(1, 'again'), 'books.csv'))
  expect(await stored('again')).toEqual(['book 0', 'book 0', 'book 1', 'book 1', 'changed', 'mended'])
})

test('an id that came from another file is taken; from this one it is known again', async () => {
  const content = `id,${CSV_HEADER}777777,a,ids,1.5,10\n`
  const file = writeTemporaryFile(content, 'books.csv')
  for (const _ of [1, 2])
    expect((await importFile(service, file)).stats).toMatchObject({ stored: 1, rejected: 0 })
  const { stats, rejectedRows } = await importFile(service, writeTemporaryFile(content, 'books.csv'))
  expect([stats.stored, rejectedRows]).toEqual([
    0,
    [{ line: '2', reason: expect.stringMatching(/777777 is taken/) }],
  ])
})

test('a file that grows while it is read: half a row is left for the next run', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(20_000, 'grows'), 'books.csv')
  const api = await startInterceptingApi(service.apiUrl, ({ number }) => {
    if (number === 1) appendFileSync(file, `${csvRows(1, 'grows', 20_000)}book 20001,grow`)
  })
  const first = await importFile({ ...service, apiUrl: api }, file)
  expect(first.stats).toMatchObject({ read: 20_001, stored: 20_001, rejected: 0 })
  expect(first.messages).toEqual([expect.stringMatching(/last line has no end/)])
  appendFileSync(file, 's,1.50,10\n')
  const second = await importFile(service, file, { fromLine: 20_000 })
  expect(second.stats).toMatchObject({ read: 20_002, skipped: 19_998, stored: 4, rejected: 0 })
  expect(await stored('grows')).toEqual(titles(20_002))
})

test.each([
  ['a body that is too large', 413],
  ['more books than are taken at once', 200],
])('%s: it is sent in halves, and less from then on', async (_, status) => {
  const sizes: number[] = []
  const api = await startInterceptingApi(service.apiUrl, ({ body, response }) => {
    const { inputs } = JSON.parse(body).variables as { inputs: unknown[] }
    sizes.push(inputs.length)
    if (inputs.length <= 100) return
    if (status === 413) return respondWithError(response, 413)
    response.setHeader('content-type', 'application/json')
    const fault = { argument: 'inputs', message: 'holds too many' }
    response.end(
      JSON.stringify({
        data: null,
        errors: [{ message: 'x', extensions: { code: 'BAD_USER_INPUT', faults: [fault] } }],
      }),
    )
  })
  const author = `halves ${status}`
  const { stats } = await importFile(
    { ...service, apiUrl: api },
    writeTemporaryFile(CSV_HEADER + csvRows(1_500, author), 'books.csv'),
    {
      inFlight: 1,
    },
  )
  expect(stats).toMatchObject({ stored: 1_500, rejected: 0 })
  expect(sizes.filter((size) => size > 100)).toEqual([500, 250, 125])
  expect(await stored(author)).toEqual(titles(1_500))
})

test('a row that is too much by itself is rejected, and others are not sent in small parts for it', async () => {
  const sizes: number[] = []
  const api = await startInterceptingApi(service.apiUrl, ({ body, response }) => {
    const { inputs } = JSON.parse(body).variables as { inputs: unknown[] }
    sizes.push(inputs.length)
    if (body.includes('book 300"')) respondWithError(response, 413)
  })
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3_000, 'alone'), 'books.csv')
  const { rejectedRows, rejectsPath } = await importFile({ ...service, apiUrl: api }, file, { inFlight: 1 })
  expect(rejectedRows).toEqual([{ line: '302', reason: expect.stringMatching(/no request as large/) }])
  expect(await stored('alone')).toEqual(titles(3_000).filter((title) => title !== 'book 300'))
  expect(sizes.slice(-6, -1).every((size) => size > 200)).toBe(true)
  expect(readFileSync(rejectsPath, 'utf8')).toMatch(
    /^line,reason,id,title,author,cost,num_pages\n302,.*,,book 300,alone,1\.5,10\n$/,
  )
})

test('a refusal that is no row’s ends the import at once', async () => {
  let requests = 0
  const api = await startInterceptingApi(service.apiUrl, ({ response }) => {
    requests += 1
    respondWithError(response, 400)
  })
  const file = writeTemporaryFile(CSV_HEADER + csvRows(20_000, 'refused'), 'books.csv')
  await expect(importFile({ ...service, apiUrl: api }, file)).rejects.toThrow(/HTTP 400/)
  expect(requests).toBeLessThanOrEqual(4)
})

test('an answer without the books is no proof that they are there', async () => {
  for (const data of ['{}', '{"addBooks":null}', '{"addBooks":[]}']) {
    const api = await startInterceptingApi(undefined, ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(`{"data":${data}}`)
    })
    const file = writeTemporaryFile('title,author,cost,num_pages\na,nobody,1,1\n', 'books.csv')
    await expect(importFile({ ...service, apiUrl: api }, file)).rejects.toThrow(/without the books/)
  }
})
