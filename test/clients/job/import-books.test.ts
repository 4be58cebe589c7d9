import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
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
import { waitUntil } from '../../support/wait-until.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const bookTitles = (count: number) => Array.from({ length: count }, (_, i) => `book ${i}`).sort()
const fetchSortedTitles = async (author: string) => [...(await fetchTitlesByAuthor(service, author))].sort()

test('retries when a response is lost, and adds no book twice', async () => {
  const lostResponses = new Set([1, 2, 5])
  const api = await startInterceptingApi(service.apiUrl, async ({ number, forward, response }) => {
    if (!lostResponses.has(number)) return
    await forward()
    response.destroy()
  })
  const file = writeTemporaryFile(CSV_HEADER + csvRows(2_000, 'lost'), 'books.csv')
  const clock = createTestClock()
  const { stats, messages } = await importFile({ ...service, apiUrl: api }, file, { clock })
  expect([stats.stored, messages.length > 0]).toEqual([2_000, true])
  expect(await fetchSortedTitles('lost')).toEqual(bookTitles(2_000))
})

test('stores an unchanged row once; a changed or moved row, or one of another file, is another book', async () => {
  const file = writeTemporaryFile(`${CSV_HEADER}${csvRows(2, 'again')}broken,again,x,1\n`, 'books.csv')
  expect((await importFile(service, file)).stats).toMatchObject({ stored: 2, rejected: 1 })
  const second = await importFile(service, file)
  expect([second.stats.stored, second.rejectedRows.length]).toEqual([2, 1])
  expect(await fetchSortedTitles('again')).toEqual(bookTitles(2))
  writeFileSync(
    file,
    `${CSV_HEADER}${csvRows(1, 'again')}changed,again,1,1\nmended,again,1,1\n${csvRows(1, 'again', 1)}`,
  )
  expect((await importFile(service, file)).stats).toMatchObject({ stored: 4, rejected: 0 })
  expect(await fetchSortedTitles('again')).toEqual(['book 0', 'book 1', 'book 1', 'changed', 'mended'])
  await importFile(service, writeTemporaryFile(CSV_HEADER + csvRows(1, 'again'), 'books.csv'))
  expect(await fetchSortedTitles('again')).toEqual([
    'book 0',
    'book 0',
    'book 1',
    'book 1',
    'changed',
    'mended',
  ])
})

test('rejects an id that another file added, and recognizes it from the same file', async () => {
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

test('leaves the incomplete last row of a growing file for the next run', async () => {
  const file = writeTemporaryFile(CSV_HEADER + csvRows(20_000, 'grows'), 'books.csv')
  const api = await startInterceptingApi(service.apiUrl, ({ number }) => {
    if (number === 1) appendFileSync(file, `${csvRows(1, 'grows', 20_000)}book 20001,grow`)
  })
  const error = jest.spyOn(console, 'error').mockReturnValue(undefined)
  const first = await importFile({ ...service, apiUrl: api }, file)
  expect(first.stats).toMatchObject({ read: 20_001, stored: 20_001, rejected: 0 })
  expect(error.mock.calls).toEqual([[expect.stringMatching(/last line is incomplete/)]])
  error.mockRestore()
  appendFileSync(file, 's,1.50,10\n')
  const second = await importFile(service, file, { fromLine: 20_000 })
  expect(second.stats).toMatchObject({ read: 20_002, skipped: 19_998, stored: 4, rejected: 0 })
  expect(await fetchSortedTitles('grows')).toEqual(bookTitles(20_002))
})

test.each([
  { id: 'job/H01', title: 'has too many bytes', status: 413 },
  { id: 'job/H02', title: 'has too many books', status: 200 },
])('$id halves a request that $title, and sends smaller ones from then on', async ({ status }) => {
  const sizes: number[] = []
  const api = await startInterceptingApi(service.apiUrl, ({ body, response }) => {
    const { inputs } = JSON.parse(body).variables as { inputs: unknown[] }
    sizes.push(inputs.length)
    if (inputs.length <= 100) return
    if (status === 413) return respondWithError(response, 413)
    response.setHeader('content-type', 'application/json')
    const issue = { argument: 'inputs', message: 'holds too many' }
    response.end(
      JSON.stringify({
        data: null,
        errors: [{ message: 'x', extensions: { code: 'BAD_USER_INPUT', faults: [issue] } }],
      }),
    )
  })
  const author = `halves ${status}`
  const file = writeTemporaryFile(CSV_HEADER + csvRows(1_500, author), 'books.csv')
  const { stats } = await importFile({ ...service, apiUrl: api }, file, { inFlight: 1 })
  expect(stats).toMatchObject({ stored: 1_500, rejected: 0 })
  expect(sizes.filter((size) => size > 100)).toEqual([500, 250, 125])
  expect(await fetchSortedTitles(author)).toEqual(bookTitles(1_500))
})

test('rejects a single row that is too large, and restores the size of the following requests', async () => {
  const sizes: number[] = []
  const api = await startInterceptingApi(service.apiUrl, ({ body, response }) => {
    const { inputs } = JSON.parse(body).variables as { inputs: unknown[] }
    sizes.push(inputs.length)
    if (body.includes('book 300"')) respondWithError(response, 413)
  })
  const file = writeTemporaryFile(CSV_HEADER + csvRows(3_000, 'alone'), 'books.csv')
  const { rejectedRows, rejectsPath } = await importFile({ ...service, apiUrl: api }, file, { inFlight: 1 })
  expect(rejectedRows).toEqual([{ line: '302', reason: expect.stringMatching(/too large for the API/) }])
  expect(await fetchSortedTitles('alone')).toEqual(bookTitles(3_000).filter((title) => title !== 'book 300'))
  expect(sizes.slice(-5)).toEqual(Array(5).fill(500))
  expect(readFileSync(rejectsPath, 'utf8')).toMatch(
    /^line,reason,id,title,author,cost,num_pages\n302,.*,,book 300,alone,1\.5,10\n$/,
  )
})

test.each([
  { id: 'job/H03', title: 'the first', inFlight: 1, numbers: [0] },
  { id: 'job/H04', title: 'several, sent at once', inFlight: 4, numbers: [0, 501, 1_200, 2_100] },
])('$id keeps the size of requests when rows are too large: $title', async ({ inFlight, numbers }) => {
  const sizes: number[] = []
  const author = `oversized ${numbers.length}`
  const api = await startInterceptingApi(undefined, ({ body, response }) => {
    const { inputs } = JSON.parse(body).variables as { inputs: { title: string }[] }
    sizes.push(inputs.length)
    if (inputs.some(({ title }) => numbers.includes(Number(title.split(' ')[1]))))
      return respondWithError(response, 413)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ data: { addBooks: inputs.map(() => ({ id: '1' })) } }))
  })
  const file = writeTemporaryFile(CSV_HEADER + csvRows(10_001, author), 'books.csv')
  const { stats } = await importFile({ ...service, apiUrl: api }, file, { inFlight })
  expect(stats).toMatchObject({ stored: 10_001 - numbers.length, rejected: numbers.length })
  // 21 batches; isolating a row costs two more requests per halving.
  expect(sizes.length).toBeLessThanOrEqual(21 + 18 * numbers.length)
  expect(sizes.filter((size) => size === 500)).toHaveLength(20)
})

test.each([
  { id: 'job/H05', inFlight: 1 },
  { id: 'job/H06', inFlight: 4 },
])('$id sorts the rejects file by line with $inFlight requests in flight', async ({ id, inFlight }) => {
  // The API rejects every third row, and the job the row after it.
  const costs = ['1', '7.999', 'none']
  const rows = Array.from({ length: 3_000 }, (_, i) => `t,${id},${costs[i % 3]},1\n`)
  let isFirst = true
  const api = await startInterceptingApi(service.apiUrl, async ({ number, forward }) => {
    // The second batch is done before the first one, if it is sent.
    if (number === 1 && inFlight > 1) await waitUntil(async () => !isFirst)
    await forward()
    isFirst = false
  })
  const file = writeTemporaryFile(CSV_HEADER + rows.join(''), 'books.csv')
  const { stats, rejectedRows } = await importFile({ ...service, apiUrl: api }, file, { inFlight })
  expect(stats).toMatchObject({ stored: 1_000, rejected: 2_000, settledBefore: 3_002 })
  const expected = rows.flatMap((_, i) => (i % 3 === 0 ? [] : [String(i + 2)]))
  expect(rejectedRows.map(({ line }) => line)).toEqual(expected)
})

test('stops when the API rejects the request as a whole', async () => {
  let requests = 0
  const api = await startInterceptingApi(service.apiUrl, ({ response }) => {
    requests += 1
    respondWithError(response, 400)
  })
  const file = writeTemporaryFile(CSV_HEADER + csvRows(20_000, 'refused'), 'books.csv')
  await expect(importFile({ ...service, apiUrl: api }, file)).rejects.toThrow(/HTTP 400/)
  expect(requests).toBeLessThanOrEqual(4)
})

test('fails when a successful response does not list the books', async () => {
  for (const data of ['{}', '{"addBooks":null}', '{"addBooks":[]}']) {
    const api = await startInterceptingApi(undefined, ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(`{"data":${data}}`)
    })
    const file = writeTemporaryFile('title,author,cost,num_pages\na,nobody,1,1\n', 'books.csv')
    await expect(importFile({ ...service, apiUrl: api }, file)).rejects.toThrow(/does not list the books/)
  }
})
