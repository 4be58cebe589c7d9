import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from '@jest/globals'
import { temporaryFolder } from '../../support/cli-process.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK } from '../../support/webapp/web-client.ts'

let site: Site
afterEach(() => site.close())

const rowsIn = (file: string) => {
  const database = new DatabaseSync(file)
  const rows = database.prepare('select room, length(sealed) as size from keep').all()
  database.close()
  return rows as { room: string; size: number }[]
}

test('the storage is away: 503 for whoever needs it, in words; home is there for the others', async () => {
  const file = join(temporaryFolder(), 'site.db')
  site = await startSite({ DATABASE_URL: `file:${file}` })
  const [agatha, stranger] = [site.person(), site.person()]
  await agatha.signIn()
  const database = new DatabaseSync(file)
  database.exec('alter table keep rename to elsewhere')
  for (const path of ['/', '/books', '/profile']) {
    const { status, headers, text } = await agatha.ask(path)
    expect([path, status, headers.get('retry-after')]).toEqual([path, 503, '5'])
    expect(text).toContain('Nothing can be looked up just now')
  }
  expect([(await stranger.ask('/')).status, (await stranger.ask('/sign-in')).status]).toEqual([200, 503])
  database.exec('alter table elsewhere rename to keep')
  database.close()
  expect(await agatha.name()).toBe('Agatha Christie')
})

test('A10a a stranger who sends books all day fills no disk, and costs nobody else theirs', async () => {
  const file = join(temporaryFolder(), 'site.db')
  site = await startSite({ DATABASE_URL: `file:${file}` })
  const [agatha, stranger] = [site.person(), site.person()]
  await agatha.signIn()
  const page = await agatha.send('/books/new', { ...BOOK, cost: '0.001', _csrf: await agatha.csrf() })
  expect(page.text).toContain('value="Curtain"')
  const send = () => stranger.send('/books/new', BOOK, { 'sec-fetch-site': 'same-origin' })
  for (let i = 0; i < 60; i++) await Promise.all(Array.from({ length: 20 }, send))
  const strays = rowsIn(file).filter(({ room }) => room === 'stray-draft')
  expect([strays.length > 500, strays.length <= 1_100]).toEqual([true, true])
  expect((await agatha.ask('/books/new')).text).toContain('value="Curtain"')
})

test('A10b a large book that waits is kept once, however many sign-ins are begun with it', async () => {
  const file = join(temporaryFolder(), 'site.db')
  site = await startSite({ DATABASE_URL: `file:${file}` })
  const stranger = site.person()
  const book = { ...BOOK, title: 'x'.repeat(2_000) }
  const told = await stranger.send('/books/new', book, { 'sec-fetch-site': 'same-origin' })
  const [, draft = ''] = /href="(\/sign-in\?draft=[^"]+)"/.exec(told.text) ?? []
  for (let i = 0; i < 5; i++) await stranger.ask(draft)
  const sizes = rowsIn(file).filter(({ room }) => room === 'sign-in')
  expect([sizes.length, sizes.filter(({ size }) => size > 1_500)]).toEqual([5, []])
})
