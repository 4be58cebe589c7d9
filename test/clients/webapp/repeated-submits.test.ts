import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { deriveIdempotencyKey } from '../../../src/clients/webapp/book-form.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM, type WebClient } from '../../support/webapp/web-client.ts'

describeEachDatabase((newDatabase) => {
  let site: Site
  let agatha: WebClient
  let title: string
  let titles = 0
  beforeAll(async () => {
    const secret = 'a secret that copies of the web app share'
    site = await startSite({ settings: { DATABASE_URL: await newDatabase(), SESSION_SECRET: secret } })
    agatha = site.newClient()
    await agatha.signIn()
    // The first submit does the step-up, so that later ones are not redirected.
    await agatha.submitForm('/books/new', {
      ...BOOK_FORM,
      title: 'The first',
      _csrf: await agatha.csrfToken(),
    })
  })
  beforeEach(() => {
    titles += 1
    title = `Curtain ${titles}`
  })
  afterAll(() => site.close())

  /** Opens the form and returns its fields, filled in. */
  async function fillForm() {
    const { text } = await agatha.request('/books/new')
    const [, form = ''] = /name="form" value="([^"]+)"/.exec(text) ?? []
    const [, _csrf = ''] = /name="_csrf" value="([^"]+)"/.exec(text) ?? []
    return { ...BOOK_FORM, title, form, _csrf }
  }

  /** Counts the books with this test's title. */
  async function countBooks(): Promise<number> {
    const { text } = await agatha.request(`/books?${new URLSearchParams({ title })}`)
    return text.match(/class="book-title"/g)?.length ?? 0
  }

  test('adds one book when a form is submitted concurrently and again, and redirects to it each time', async () => {
    const form = await fillForm()
    const concurrent = await Promise.all(
      Array.from({ length: 5 }, () => agatha.submitForm('/books/new', form)),
    )
    const repeated = await agatha.submitForm('/books/new', form)
    expect(new Set([...concurrent, repeated].map(({ url }) => new URL(url).pathname)).size).toBe(1)
    expect(repeated.text).toContain(title)
    expect(await countBooks()).toBe(1)
  })

  test('adds one book when a form is submitted to two copies of the web app concurrently', async () => {
    const other = await site.startCopy()
    const form = await fillForm()
    const urls = ['/books/new', `${other}/books/new`, '/books/new', `${other}/books/new`]
    const pages = await Promise.all(urls.map((url) => agatha.submitForm(url, form)))
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(new Set(pages.map(({ url }) => new URL(url).pathname)).size).toBe(1)
    expect(await countBooks()).toBe(1)
  })

  test('adds another book for another form, and for a form without a valid id', async () => {
    await agatha.submitForm('/books/new', await fillForm())
    await agatha.submitForm('/books/new', await fillForm())
    const { form: _, ...withoutId } = await fillForm()
    await agatha.submitForm('/books/new', withoutId)
    await agatha.submitForm('/books/new', { ...withoutId, form: '"><script>' })
    expect(await countBooks()).toBe(4)
  })

  test('adds another book after an edit, but not after a change of whitespace', async () => {
    const form = await fillForm()
    await agatha.submitForm('/books/new', form)
    const edited = await agatha.submitForm('/books/new', { ...form, numPages: '251' })
    expect(edited.text).toContain('251')
    await agatha.submitForm('/books/new', { ...form, title: `${form.title} `, cost: ` ${form.cost}` })
    expect(await countBooks()).toBe(2)
  })

  test('keeps the id of a form that was rejected and corrected', async () => {
    const form = await fillForm()
    const rejected = await agatha.submitForm('/books/new', { ...form, cost: '0.001' })
    expect([rejected.status, rejected.text.includes(`name="form" value="${form.form}"`)]).toEqual([400, true])
    await agatha.submitForm('/books/new', form)
    await agatha.submitForm('/books/new', form)
    expect(await countBooks()).toBe(1)
  })

  test('adds one book when a form is submitted again after a new sign-in', async () => {
    const form = await fillForm()
    await agatha.submitForm('/books/new', form)
    await agatha.submitForm('/sign-out', { _csrf: form._csrf })
    await agatha.signIn()
    await agatha.submitForm('/books/new', { ...form, _csrf: await agatha.csrfToken() })
    expect(await countBooks()).toBe(1)
  })
})

test('derives different idempotency keys for different users', () => {
  const form = { ...BOOK_FORM, id: 'one' }
  const input = { title: 'Curtain', author: 'Agatha Christie', cost: 7.99, numPages: 250 }
  expect(deriveIdempotencyKey('agatha', form, input)).not.toBe(deriveIdempotencyKey('arthur', form, input))
})
