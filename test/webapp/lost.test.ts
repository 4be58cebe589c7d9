// Between the web app and the API answers are lost, late, or not what was hoped for: no book is added twice, none is lost.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { BOOK, type Person } from './person.ts'
import { type Site, startSite } from './site.ts'

type Way = 'lets through' | 'loses the answer' | 'is busy' | 'is busy once' | 'is spent'

/** Stands between web app and API, and does this to writes. */
let way: Way = 'lets through'
let api = ''
let writes = 0
const between = createServer((request, response) => {
  void passed(request, response).catch(() => response.destroy())
})
beforeAll(async () => {
  between.listen(0, '127.0.0.1')
  await once(between, 'listening')
})
afterAll(() => {
  between.close()
  between.closeAllConnections()
})

async function passed(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = (await request.toArray()).join('')
  const isWrite = body.includes('mutation')
  if (isWrite) writes += 1
  if (isWrite && way.startsWith('is ')) {
    const [status, code] = way === 'is spent' ? [422, 'IDEMPOTENCY_MISMATCH'] : [409, 'IDEMPOTENCY_IN_FLIGHT']
    if (way === 'is busy once') way = 'lets through'
    response.writeHead(Number(status), { 'content-type': 'application/json', 'retry-after': '0' })
    response.end(JSON.stringify({ errors: [{ message: 'no', extensions: { code } }] }))
    return
  }
  const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers
  const sent = { method: 'POST', headers: headers as Record<string, string>, body }
  const answer = await fetch(api + request.url, sent)
  const text = await answer.text()
  if (isWrite && way === 'loses the answer' && answer.status === 200) {
    response.destroy()
    return
  }
  const challenge = answer.headers.get('www-authenticate')
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    ...(challenge !== null && { 'www-authenticate': challenge }),
  })
  response.end(text)
}

let site: Site
let agatha: Person
beforeEach(async () => {
  way = 'lets through'
  site = await startSite({}, undefined, {}, (url) => {
    api = url
    return `http://localhost:${(between.address() as AddressInfo).port}`
  })
  agatha = site.person()
  await agatha.signIn()
  await agatha.send('/books/new', { ...BOOK, title: 'The first', _csrf: await agatha.csrf() })
  writes = 0
})
afterEach(() => site.close())

/** The form as it is shown, with what stands in it. */
async function shown() {
  const { text } = await agatha.ask('/books/new')
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? ''
  return { form: value('form'), _csrf: value('_csrf'), title: value('title') }
}
const curtains = async () =>
  (await agatha.ask('/books?title=Curtain')).text.match(/class="book-title"/g)?.length ?? 0

test('the answer is lost after the book was added: the form still has it, and to send it again adds none', async () => {
  const form = await shown()
  way = 'loses the answer'
  const lost = await agatha.send('/books/new', { ...form, ...BOOK })
  expect([lost.status, lost.text.includes('The books are out of reach')]).toEqual([503, true])
  way = 'lets through'
  expect(await shown()).toMatchObject({ form: form.form, title: BOOK.title })
  const sent = await agatha.send('/books/new', { ...(await shown()), ...BOOK })
  expect([sent.status, sent.text.includes('Added. It is on the shelf.')]).toEqual([200, true])
  expect(await curtains()).toBe(1)
})

test('the first of two is still under way: the other waits for it, and leads to the book', async () => {
  way = 'is busy once'
  const sent = await agatha.send('/books/new', { ...(await shown()), ...BOOK })
  expect([sent.status, writes, await curtains()]).toEqual([200, 2, 1])
})

test('it does not wait for ever, and keeps the book', async () => {
  way = 'is busy'
  const sent = await agatha.send('/books/new', { ...(await shown()), ...BOOK })
  expect([sent.status, writes]).toEqual([503, 6])
  expect((await shown()).title).toBe(BOOK.title)
})

test('a form whose key was used for something else is said to be, and can be sent as a new one', async () => {
  const form = await shown()
  way = 'is spent'
  const told = await agatha.send('/books/new', { ...form, ...BOOK })
  expect([told.status, told.text.includes('This form was sent before.')]).toEqual([400, true])
  expect(told.text).toContain(`value="${BOOK.title}"`)
  expect(told.text).not.toContain(`name="form" value="${form.form}"`)
})
