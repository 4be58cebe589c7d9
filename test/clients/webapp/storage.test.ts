import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { sizesOfEntries } from '../../support/webapp/entry-sizes.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM } from '../../support/webapp/web-client.ts'

let file: string
let site: Site
beforeEach(async () => {
  file = join(createTemporaryFolder(), 'site.db')
  site = await startSite({ settings: { DATABASE_URL: `file:${file}` } })
})
afterEach(() => site.close())

test('answers 503 with an explanation during a storage outage, except on the home page without a session', async () => {
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
    200, 503,
  ])
  database.exec('alter table elsewhere rename to keep')
  database.close()
  expect(await agatha.displayedName()).toBe('Agatha Christie')
})

test('webapp/A10b stores a large draft once, whatever the number of sign-ins started with it', async () => {
  const anonymous = site.newClient()
  const form = { ...BOOK_FORM, title: 'x'.repeat(2_000) }
  const page = await anonymous.submitForm('/books/new', form, { 'sec-fetch-site': 'same-origin' })
  const [, signInPath = ''] = /href="(\/sign-in\?draft=[^"]+)"/.exec(page.text) ?? []
  for (let i = 0; i < 5; i++) await anonymous.request(signInPath)
  const sizes = sizesOfEntries(file, 'sign-in')
  expect([sizes.length, sizes.filter((size) => size > 1_500)]).toEqual([5, []])
})
