import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { program, run } from '../../support/cli-process.ts'
import { fileOf, HEADER, importing, rows, titlesBy } from '../../support/job/import-file.ts'
import { between, refuse } from '../../support/job/intercepting-api.ts'
import { type Service, startService } from '../../support/service.ts'
import { testClock } from '../../support/test-clock.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const titles = (count: number) => Array.from({ length: count }, (_, i) => `book ${i}`).sort()
const stored = async (author: string) => [...(await titlesBy(service, author))].sort()

test('kill -9 before and after an answer, again and again: no book is lost, none is there twice', async () => {
  const file = fileOf(HEADER + rows(3_000, 'killed'), 'books.csv')
  for (const [killAt, whenDone] of [
    [1, true],
    [2, false],
    [3, true],
    [5, true],
  ] as const) {
    let kill: (() => void) | undefined
    const api = await between(service.api, async ({ number, pass, response }) => {
      if (number < killAt) return
      if (whenDone) await pass()
      kill?.()
      response.destroy()
    })
    const job = program(['job', 'import', file], { OKTA_ISSUER: service.issuer, API_URL: api })
    kill = () => job.child.kill('SIGKILL')
    expect(await job.exited).toBeNull()
  }
  const last = await run(['job', 'import', file], { OKTA_ISSUER: service.issuer, API_URL: service.api })
  expect([last.status, last.out]).toEqual([0, expect.stringMatching(/3000 read, 3000 stored, 0 rejected/)])
  expect(await stored('killed')).toEqual(titles(3_000))
})

test('an answer that is lost is asked for again, and what was done is not done again', async () => {
  const lost = new Set([1, 2, 5])
  const api = await between(service.api, async ({ number, pass, response }) => {
    if (!lost.has(number)) return
    await pass()
    response.destroy()
  })
  const file = fileOf(HEADER + rows(2_000, 'lost'), 'books.csv')
  const { tally, told } = await importing({ ...service, api }, file, { clock: testClock() })
  expect([tally.stored, told.length > 0]).toEqual([2_000, true])
  expect(await stored('lost')).toEqual(titles(2_000))
})

test('the same row under the same key is there once; one that is changed, moved or in another file is its own', async () => {
  const file = fileOf(`${HEADER}${rows(2, 'again')}broken,again,x,1\n`, 'books.csv')
  expect((await importing(service, file)).tally).toMatchObject({ stored: 2, rejected: 1 })
  const second = await importing(service, file)
  expect([second.tally.stored, second.rejected.length]).toEqual([2, 1])
  expect(await stored('again')).toEqual(titles(2))
  writeFileSync(
    file,
    `${HEADER}${rows(1, 'again')}changed,again,1,1\nmended,again,1,1\n${rows(1, 'again', 1)}`,
  )
  expect((await importing(service, file)).tally).toMatchObject({ stored: 4, rejected: 0 })
  expect(await stored('again')).toEqual(['book 0', 'book 1', 'book 1', 'changed', 'mended'])
  await importing(service, fileOf(HEADER + rows(1, 'again'), 'books.csv'))
  expect(await stored('again')).toEqual(['book 0', 'book 0', 'book 1', 'book 1', 'changed', 'mended'])
})

test('an id that came from another file is taken; from this one it is known again', async () => {
  const content = `id,${HEADER}777777,a,ids,1.5,10\n`
  const file = fileOf(content, 'books.csv')
  for (const _ of [1, 2])
    expect((await importing(service, file)).tally).toMatchObject({ stored: 1, rejected: 0 })
  const { tally, rejected } = await importing(service, fileOf(content, 'books.csv'))
  expect([tally.stored, rejected]).toEqual([
    0,
    [{ line: '2', reason: expect.stringMatching(/777777 is taken/) }],
  ])
})

test('a file that grows while it is read: half a row is left for the next run', async () => {
  const file = fileOf(HEADER + rows(20_000, 'grows'), 'books.csv')
  const api = await between(service.api, ({ number }) => {
    if (number === 1) appendFileSync(file, `${rows(1, 'grows', 20_000)}book 20001,grow`)
  })
  const first = await importing({ ...service, api }, file)
  expect(first.tally).toMatchObject({ read: 20_001, stored: 20_001, rejected: 0 })
  expect(first.told).toEqual([expect.stringMatching(/last line has no end/)])
  appendFileSync(file, 's,1.50,10\n')
  const second = await importing(service, file, { fromLine: 20_000 })
  expect(second.tally).toMatchObject({ read: 20_002, skipped: 19_998, stored: 4, rejected: 0 })
  expect(await stored('grows')).toEqual(titles(20_002))
})

test.each([
  ['a body that is too large', 413],
  ['more books than are taken at once', 200],
])('%s: it is sent in halves, and less from then on', async (_, status) => {
  const sizes: number[] = []
  const api = await between(service.api, ({ body, response }) => {
    const { inputs } = JSON.parse(body).variables as { inputs: unknown[] }
    sizes.push(inputs.length)
    if (inputs.length <= 100) return
    if (status === 413) return refuse(response, 413)
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
  const { tally } = await importing({ ...service, api }, fileOf(HEADER + rows(1_500, author), 'books.csv'), {
    inFlight: 1,
  })
  expect(tally).toMatchObject({ stored: 1_500, rejected: 0 })
  expect(sizes.filter((size) => size > 100)).toEqual([500, 250, 125])
  expect(await stored(author)).toEqual(titles(1_500))
})

test('a row that is too much by itself is rejected, and others are not sent in small parts for it', async () => {
  const sizes: number[] = []
  const api = await between(service.api, ({ body, response }) => {
    const { inputs } = JSON.parse(body).variables as { inputs: unknown[] }
    sizes.push(inputs.length)
    if (body.includes('book 300"')) refuse(response, 413)
  })
  const file = fileOf(HEADER + rows(3_000, 'alone'), 'books.csv')
  const { rejected, rejects } = await importing({ ...service, api }, file, { inFlight: 1 })
  expect(rejected).toEqual([{ line: '302', reason: expect.stringMatching(/no request as large/) }])
  expect(await stored('alone')).toEqual(titles(3_000).filter((title) => title !== 'book 300'))
  expect(sizes.slice(-6, -1).every((size) => size > 200)).toBe(true)
  expect(readFileSync(rejects, 'utf8')).toMatch(
    /^line,reason,id,title,author,cost,num_pages\n302,.*,,book 300,alone,1\.5,10\n$/,
  )
})

test('a refusal that is no row’s ends the import at once', async () => {
  let requests = 0
  const api = await between(service.api, ({ response }) => {
    requests += 1
    refuse(response, 400)
  })
  const file = fileOf(HEADER + rows(20_000, 'refused'), 'books.csv')
  await expect(importing({ ...service, api }, file)).rejects.toThrow(/HTTP 400/)
  expect(requests).toBeLessThanOrEqual(4)
})

test('an answer without the books is no proof that they are there', async () => {
  for (const data of ['{}', '{"addBooks":null}', '{"addBooks":[]}']) {
    const api = await between(undefined, ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(`{"data":${data}}`)
    })
    const file = fileOf('title,author,cost,num_pages\na,nobody,1,1\n', 'books.csv')
    await expect(importing({ ...service, api }, file)).rejects.toThrow(/without the books/)
  }
})
