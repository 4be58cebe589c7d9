import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM, type WebClient } from '../../support/webapp/web-client.ts'

/** A proxy between the web app and the API. It drops the responses to mutations while `dropsResponses` is true. */
let dropsResponses = false
let apiUrl = ''
const proxy = createServer((request, response) => {
  forward(request, response).catch(() => response.destroy())
})
beforeAll(async () => {
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
})
afterAll(() => {
  proxy.close()
  proxy.closeAllConnections()
})

async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = (await request.toArray()).join('')
  const isMutation = body.includes('mutation')
  const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers
  const upstream = await fetch(apiUrl + request.url, {
    method: 'POST',
    headers: headers as Record<string, string>,
    body,
  })
  const text = await upstream.text()
  if (isMutation && dropsResponses && upstream.status === 200) {
    response.destroy()
    return
  }
  const challenge = upstream.headers.get('www-authenticate')
  response.writeHead(upstream.status, {
    'content-type': 'application/json',
    ...(challenge !== null && { 'www-authenticate': challenge }),
  })
  response.end(text)
}

let site: Site
let agatha: WebClient
beforeEach(async () => {
  dropsResponses = false
  site = await startSite({
    rewriteApiUrl(url) {
      apiUrl = url
      return `http://localhost:${(proxy.address() as AddressInfo).port}`
    },
  })
  agatha = site.newClient()
  await agatha.signIn()
  await agatha.submitForm('/books/new', { ...BOOK_FORM, title: 'The first', _csrf: await agatha.csrfToken() })
})
afterEach(() => site.close())

/** Opens the form and returns its fields. */
async function openForm() {
  const { text } = await agatha.request('/books/new')
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? ''
  return { form: value('form'), _csrf: value('_csrf'), title: value('title') }
}
const countCurtains = async () =>
  (await agatha.request('/books?title=Curtain')).text.match(/class="book-title"/g)?.length ?? 0

test('keeps the form after a lost response, and adds no second book when it is submitted again', async () => {
  const form = await openForm()
  dropsResponses = true
  const lost = await agatha.submitForm('/books/new', { ...form, ...BOOK_FORM })
  expect([lost.status, lost.text.includes('The books are unavailable')]).toEqual([503, true])
  dropsResponses = false
  expect(await openForm()).toMatchObject({ form: form.form, title: BOOK_FORM.title })
  const resubmitted = await agatha.submitForm('/books/new', { ...(await openForm()), ...BOOK_FORM })
  expect([resubmitted.status, resubmitted.text.includes('The book was added.')]).toEqual([200, true])
  expect(await countCurtains()).toBe(1)
})
