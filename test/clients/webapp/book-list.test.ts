import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { catalogueBook } from '../../support/database/book-catalogue.ts'
import { insertBooks } from '../../support/database/insert-books.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import type { WebClient } from '../../support/webapp/web-client.ts'

let databaseUrl: string
let site: Site
let client: WebClient
beforeAll(async () => {
  databaseUrl = `file:${join(createTemporaryFolder(), 'books.db')}`
  // With the five initial books, three are on the last page.
  await insertBooks(databaseUrl, 1_018, catalogueBook)
  site = await startSite({ settings: { DATABASE_URL: databaseUrl } })
  client = site.newClient()
  await client.signIn()
})
afterAll(() => site.close())

/** Opens a list of books, and returns what it shows. */
async function openList(path: string, visitor = client) {
  const { text } = await visitor.navigate(path)
  const find = (pattern: RegExp) => pattern.exec(text)?.[1]?.replaceAll('&amp;', '&')
  return {
    position: find(/<p>([^<]* (?:of|in) [^<]*)<\/p>/),
    first: find(/class="book-title">([^<]*)</),
    previous: find(/href="([^"]*)" rel="prev"/),
    next: find(/href="([^"]*)" rel="next"/),
  }
}

test('pages to the third page and back, with the position of each page', async () => {
  const positions: (string | undefined)[] = []
  let page = await openList('/books?sort=title')
  for (const direction of ['next', 'next', 'previous', 'previous'] as const) {
    positions.push(page.position)
    page = await openList(page[direction] ?? '')
  }
  const [first, second, third] = ['1–10 of 1,023', '11–20 of 1,023', '21–30 of 1,023']
  expect(positions).toEqual([first, second, third, second])
  expect(page).toEqual(await openList('/books?sort=title'))
  expect(page).toMatchObject({ position: first, first: 'And Then There Were None', previous: undefined })
})

test.each([
  { id: 'book-list/P01', query: 'after=1020', position: '1,021–1,023 of 1,023' },
  { id: 'book-list/P02', query: 'after=500', position: '1,023 in total' },
  { id: 'book-list/P03', query: 'after=500&page=x', position: '1,023 in total' },
  { id: 'book-list/P04', query: 'after=500&page=-1', position: '1,023 in total' },
  { id: 'book-list/P05', query: 'after=500&page=1e9', position: '1,023 in total' },
  { id: 'book-list/P06', query: 'after=500&page=51.5', position: '1,023 in total' },
  { id: 'book-list/P07', query: 'after=500&page=51', position: '501–510 of 1,023' },
  { id: 'book-list/P08', query: 'before=4&page=7', position: '1–3 of 1,023' },
  { id: 'book-list/P09', query: 'author=christie+AGA', position: '1–2 of 2' },
  { id: 'book-list/P10', query: 'author=chr&title=ackroyd', position: '1–1 of 1' },
])('$id shows "$position" for $query', async ({ query, position }) => {
  expect((await openList(`/books?${query}`)).position).toBe(position)
})

test('book-list/P11 says that there are more books than the API counts', async () => {
  const limited = await startSite({ settings: { DATABASE_URL: databaseUrl, COUNT_LIMIT: '20' } })
  const visitor = limited.newClient()
  await visitor.signIn()
  const positions: (string | undefined)[] = []
  for (const query of ['', 'after=500&page=51', 'after=1020&page=103', 'author=christie'])
    positions.push((await openList(`/books?${query}`, visitor)).position)
  expect(positions).toEqual([
    '1–10 of more than 20',
    '501–510 of more than 20',
    'more than 20 in total',
    '1–2 of 2',
  ])
  await limited.close()
})

test.each([
  { id: 'book-list/S01', sort: '', first: 'And Then There Were None' },
  { id: 'book-list/S02', sort: 'newest', first: catalogueBook(1_017).title },
  { id: 'book-list/S03', sort: 'unknown', first: 'And Then There Were None' },
])('$id sorts by "$sort"', async ({ sort, first }) => {
  expect((await openList(`/books?sort=${sort}`)).first).toBe(first)
})

test('links to the first page from an empty page beyond the last one', async () => {
  expect(await openList('/books?after=1023&page=104')).toMatchObject({
    first: undefined,
    previous: '/books',
  })
})

test.each([
  {
    id: 'book-list/T01',
    language: 'de-DE,de;q=0.9',
    expiry: /\d\. [A-Z]\p{L}+ \d{4} um \d\d:\d\d:\d\d UTC/u,
  },
  { id: 'book-list/T02', language: 'en-US', expiry: /[A-Z][a-z]+ \d+, \d{4} at \d+:\d\d:\d\d [AP]M UTC/ },
  { id: 'book-list/T03', language: '*', expiry: /\d [A-Z][a-z]+ \d{4} at \d\d:\d\d:\d\d UTC/ },
  { id: 'book-list/T04', language: '"><script>', expiry: /\d [A-Z][a-z]+ \d{4} at \d\d:\d\d:\d\d UTC/ },
])('$id shows times in the language $language', async ({ language, expiry }) => {
  const { text } = await client.navigate('/profile', { headers: { 'accept-language': language } })
  expect(/<time [^>]*>([^<]*)</.exec(text)?.[1]).toMatch(expiry)
})
