import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { BOOK, type Person } from './person.ts'
import { type Site, startSite } from './site.ts'

let site: Site
let agatha: Person
beforeEach(async () => {
  site = await startSite()
  agatha = site.person()
  await agatha.signIn()
  // The permission first: from now on nothing leads to the issuer.
  await agatha.send('/books/new', { ...BOOK, title: 'The first', _csrf: await agatha.csrf() })
})
afterEach(() => site.close())

/** The form as it is shown, filled in. */
async function filledIn() {
  const { text } = await agatha.ask('/books/new')
  const [, form = ''] = /name="form" value="([^"]+)"/.exec(text) ?? []
  const [, _csrf = ''] = /name="_csrf" value="([^"]+)"/.exec(text) ?? []
  return { ...BOOK, form, _csrf }
}

const curtains = async () =>
  (await agatha.ask('/books?title=Curtain')).text.match(/class="book-title"/g)?.length ?? 0

test('a form that is sent several times at once, and again later, adds one book and leads to it each time', async () => {
  const form = await filledIn()
  const sent = await Promise.all(Array.from({ length: 5 }, () => agatha.send('/books/new', form)))
  const again = await agatha.send('/books/new', form)
  expect(new Set([...sent, again].map(({ url }) => new URL(url).pathname)).size).toBe(1)
  expect(again.text).toContain('Curtain')
  expect(await curtains()).toBe(1)
})

test('another form adds another book, and so does one that nobody was shown', async () => {
  await agatha.send('/books/new', await filledIn())
  await agatha.send('/books/new', await filledIn())
  const { form: _, ...bare } = await filledIn()
  await agatha.send('/books/new', bare)
  await agatha.send('/books/new', { ...bare, form: '"><script>' })
  expect(await curtains()).toBe(4)
})

test('a form that was not right is the same form when it is mended', async () => {
  const form = await filledIn()
  const refused = await agatha.send('/books/new', { ...form, cost: '0.001' })
  expect([refused.status, refused.text.includes(`name="form" value="${form.form}"`)]).toEqual([400, true])
  await agatha.send('/books/new', form)
  await agatha.send('/books/new', form)
  expect(await curtains()).toBe(1)
})

test('a form that is sent again with other words in it adds another book', async () => {
  const form = await filledIn()
  await agatha.send('/books/new', form)
  const other = await agatha.send('/books/new', { ...form, numPages: '251' })
  expect([other.status, await curtains()]).toEqual([200, 2])
})

test('somebody else’s form of the same name is another form', async () => {
  const form = await filledIn()
  await agatha.send('/books/new', form)
  await agatha.send('/sign-out', { _csrf: form._csrf })
  await agatha.signIn()
  await agatha.send('/books/new', { ...form, _csrf: await agatha.csrf() })
  expect(await curtains()).toBe(2)
})
