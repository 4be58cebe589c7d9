import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { sizesOfEntries } from '../../support/webapp/entry-sizes.ts'
import { startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM } from '../../support/webapp/web-client.ts'

test('webapp/A10a limits the drafts of anonymous clients, and keeps those of users', async () => {
  const file = join(createTemporaryFolder(), 'site.db')
  const site = await startSite({ settings: { DATABASE_URL: `file:${file}` } })
  const [agatha, anonymous] = [site.newClient(), site.newClient()]
  await agatha.signIn()
  const page = await agatha.submitForm('/books/new', {
    ...BOOK_FORM,
    cost: '0.001',
    _csrf: await agatha.csrfToken(),
  })
  expect(page.text).toContain('value="Curtain"')
  const submit = () => anonymous.submitForm('/books/new', BOOK_FORM, { 'sec-fetch-site': 'same-origin' })
  for (let i = 0; i < 60; i++) await Promise.all(Array.from({ length: 20 }, submit))
  const { length } = sizesOfEntries(file, 'stray-draft')
  expect([length > 500, length <= 1_100]).toEqual([true, true])
  expect((await agatha.request('/books/new')).text).toContain('value="Curtain"')
  await site.close()
})
