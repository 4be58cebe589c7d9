// Between the web app and the API answers are lost: no book is added twice, none is lost.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM, type WebClient } from '../../support/webapp/web-client.ts'

/** What stands between web app and API lets everything through, or loses the answers to writes. */
let loses = false
let api = ''
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
  const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers
  const sent = { method: 'POST', headers: headers as Record<string, string>, body }
  const answer = await fetch(api + request.url, sent)
  const text = await answer.text()
  if (isWrite && loses && answer.status === 200) {
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
let agatha: WebClient
beforeEach(async () => {
  loses = false
  site = await startSite({}, undefined, {}, (url) => {
    api = url
    return `http://localhost:${(between.address() as AddressInfo).port}`
  })
  agatha = site.newClient()
  await agatha.signIn()
  await agatha.submitForm('/books/new', { ...BOOK_FORM, title: 'The first', _csrf: await agatha.csrfToken() })
})
afterEach(() => site.close())

/** The form as it is shown, with what stands in it. */
async function shown() {
  const { text } = await agatha.request('/books/new')
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? ''
  return { form: value('form'), _csrf: value('_csrf'), title: value('title') }
}
const curtains = async () =>
  (await agatha.request('/books?title=Curtain')).text.match(/class="book-title"/g)?.length ?? 0

test('the answer is lost after the book was added: the form still has it, and to send it again adds none', async () => {
  const form = await shown()
  loses = true
  const lost = await agatha.submitForm('/books/new', { ...form, ...BOOK_FORM })
  expect([lost.status, lost.text.includes('The books are out of reach')]).toEqual([503, true])
  loses = false
  expect(await shown()).toMatchObject({ form: form.form, title: BOOK_FORM.title })
  const sent = await agatha.submitForm('/books/new', { ...(await shown()), ...BOOK_FORM })
  expect([sent.status, sent.text.includes('Added. It is on the shelf.')]).toEqual([200, true])
  expect(await curtains()).toBe(1)
})
