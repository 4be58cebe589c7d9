import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from '@jest/globals'
import { createTemporaryFolder } from '../../support/cli-process.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM } from '../../support/webapp/web-client.ts'

let site: Site
afterEach(() => site.close())

const rowsIn = (file: string) => {
  const database = new DatabaseSync(file)
  const rows = database.prepare('select room, length(sealed) as size from keep').all()
  database.close()
  return rows as { room: string; size: number }[]
}

test('the storage is away: 503 for whoever needs it, in words; home is there for the others', async () => {
  const file = join(createTemporaryFolder(), 'site.db')
  site = await startSite({ DATABASE_URL: `file:${file}` })
  const [agatha, stranger] = [site.newClient(), site.newClient()]
  await agatha.signIn()
  const database = new DatabaseSync(file)
  database.exec('alter table keep rename to elsewhere')
  for (const path of ['/', '/books', '/profile']) {
    const { status, headers, text } = await agatha.request(path)
    expect([path, status, headers.get('retry-after')]).toEqual([path, 503, '5'])
    expect(text).toContain('Nothing can be looked up just now')
  }
  expect([(await stranger.request('/')).status, (await stranger.request('/sign-in')).status]).toEqual([
    200, 503,
  ])
  database.exec('alter table elsewhere rename to keep')
  database.close()
  expect(await agatha.displayedName()).toBe('Agatha Christie')
})

test('A10a a stranger who sends books all day fills no disk, and costs nobody else theirs', async () => {
  const file = join(createTemporaryFolder(), 'site.db')
  site = await startSite({ DATABASE_URL: `file:${file}` })
  const [agatha, stranger] = [site.newClient(), site.newClient()]
  await agatha.signIn()
  const page = await agatha.submitForm('/books/new', {
    ...BOOK_FORM,
    cost: '0.001',
    _csrf: await agatha.csrfToken(),
  })
  expect(page.text).toContain('value="Curtain"')
  const send = () => stranger.submitForm('/books/new', BOOK_FORM, { 'sec-fetch-site': 'same-origin' })
  for (let i = 0; i < 60; i++) await Promise.all(Array.from({ length: 20 }, send))
  const strays = rowsIn(file).filter(({ room }) => room === 'stray-draft')
  expect([strays.length > 500, strays.length <= 1_100]).toEqual([true, true])
  expect((await agatha.request('/books/new')).text).toContain('value="Curtain"')
})

test('A10b a large book that waits is kept once, however many sign-ins are begun with it', async () => {
  const file = join(createTemporaryFolder(), 'site.db')
  site = await startSite({ DATABASE_URL: `file:${file}` })
  const stranger = site.newClient()
  const book = { ...BOOK_FORM, title: 'x'.repeat(2_000) }
  const told = await stranger.submitForm('/books/new', book, { 'sec-fetch-site': 'same-origin' })
  const [, draft = ''] = /href="(\/sign-in\?draft=[^"]+)"/.exec(told.text) ?? []
  for (let i = 0; i < 5; i++) await stranger.request(draft)
  const sizes = rowsIn(file).filter(({ room }) => room === 'sign-in')
  expect([sizes.length, sizes.filter(({ size }) => size > 1_500)]).toEqual([5, []])
})
