import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { countEntries } from '../../support/webapp/count-entries.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM } from '../../support/webapp/web-client.ts'

let file: string
let site: Site
beforeEach(async () => {
  file = join(createTemporaryFolder(), 'site.db')
  site = await startSite({ settings: { DATABASE_URL: `file:${file}` } })
})
afterEach(() => site.close())

test('answers 503 with an explanation during a storage outage, except to clients without a session', async () => {
  const [agatha, anonymous] = [site.newClient(), site.newClient()]
  await agatha.signIn()
  const database = new DatabaseSync(file)
  database.exec('alter table keep rename to elsewhere')
  for (const path of ['/', '/books', '/profile']) {
    const { status, headers, text } = await agatha.request(path)
    expect([path, status, headers.get('retry-after')]).toEqual([path, 503, '5'])
    expect(text).toContain('FakeBook is unavailable')
  }
  expect([(await anonymous.request('/')).status, (await anonymous.request('/sign-in')).status]).toEqual([
    200, 303,
  ])
  database.exec('alter table elsewhere rename to keep')
  database.close()
  expect(await agatha.displayedName()).toBe('Agatha Christie')
})

const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' }

test('webapp/A10a stores nothing for clients that are not signed in, so that one cannot displace what another needs', async () => {
  const victim = site.newClient()
  const callback = await victim.signInUntilCallback()
  for (let i = 0; i < 20; i++) {
    const anonymous = site.newClient()
    await anonymous.request('/sign-in')
    await anonymous.submitForm('/books/new', BOOK_FORM, SAME_ORIGIN)
  }
  expect(countEntries(file)).toBe(0)
  expect((await victim.navigate(callback)).url).toBe(`${site.url}/books`)
})

test('webapp/A10b keeps the longest title in a cookie, and promises nothing for a form that does not fit', async () => {
  const anonymous = site.newClient()
  const submit = (title: string) => anonymous.submitForm('/books/new', { ...BOOK_FORM, title }, SAME_ORIGIN)
  const kept = await submit('x'.repeat(500))
  expect([kept.text, anonymous.cookies.size]).toEqual([
    expect.stringMatching(/entries are kept.*return-to/s),
    1,
  ])
  const other = site.newClient()
  const lost = await other.submitForm('/books/new', { ...BOOK_FORM, title: 'ü'.repeat(2_000) }, SAME_ORIGIN)
  expect([lost.status, lost.text, other.cookies.size]).toEqual([
    401,
    expect.not.stringMatching(/entries are kept|return-to/),
    0,
  ])
})

test('webapp/A10c stores at most 16 forms of pending step-ups for a session', async () => {
  const agatha = site.newClient()
  await agatha.signIn()
  const _csrf = await agatha.csrfToken()
  for (let i = 0; i < 40; i++) {
    const body = new URLSearchParams({ ...BOOK_FORM, form: `form-${i}`, _csrf })
    expect((await agatha.request('/books/new', { method: 'POST', body })).status).toBe(303)
  }
  expect(countEntries(file, 'step-up')).toBeLessThanOrEqual(16)
})
