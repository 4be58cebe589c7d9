import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { deriveIdempotencyKey } from '../../../src/clients/webapp/book-form.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM, type WebClient } from '../../support/webapp/web-client.ts'

describeEachDatabase((newDatabase) => {
  let site: Site
  let agatha: WebClient
  beforeEach(async () => {
    const secret = 'a secret that copies of the web app share'
    site = await startSite({ DATABASE_URL: await newDatabase(), SESSION_SECRET: secret })
    agatha = site.newClient()
    await agatha.signIn()
    // The permission first: from now on nothing leads to the issuer.
    await agatha.submitForm('/books/new', {
      ...BOOK_FORM,
      title: 'The first',
      _csrf: await agatha.csrfToken(),
    })
  })
  afterEach(() => site.close())

  /** The form as it is shown, filled in. */
  async function filledIn() {
    const { text } = await agatha.request('/books/new')
    const [, form = ''] = /name="form" value="([^"]+)"/.exec(text) ?? []
    const [, _csrf = ''] = /name="_csrf" value="([^"]+)"/.exec(text) ?? []
    return { ...BOOK_FORM, form, _csrf }
  }

  const curtains = async () =>
    (await agatha.request('/books?title=Curtain')).text.match(/class="book-title"/g)?.length ?? 0

  test('a form that is sent several times at once, and again later, adds one book and leads to it each time', async () => {
    const form = await filledIn()
    const sent = await Promise.all(Array.from({ length: 5 }, () => agatha.submitForm('/books/new', form)))
    const again = await agatha.submitForm('/books/new', form)
    expect(new Set([...sent, again].map(({ url }) => new URL(url).pathname)).size).toBe(1)
    expect(again.text).toContain('Curtain')
    expect(await curtains()).toBe(1)
  })

  test('two copies of the web app are one: the form adds one book, whichever gets it, and both at once', async () => {
    const other = await site.startCopy()
    const form = await filledIn()
    const places = ['/books/new', `${other}/books/new`, '/books/new', `${other}/books/new`]
    const sent = await Promise.all(places.map((place) => agatha.submitForm(place, form)))
    expect(sent.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(new Set(sent.map(({ url }) => new URL(url).pathname)).size).toBe(1)
    expect(await curtains()).toBe(1)
  })

  test('another form adds another book, and so does one that nobody was shown', async () => {
    await agatha.submitForm('/books/new', await filledIn())
    await agatha.submitForm('/books/new', await filledIn())
    const { form: _, ...bare } = await filledIn()
    await agatha.submitForm('/books/new', bare)
    await agatha.submitForm('/books/new', { ...bare, form: '"><script>' })
    expect(await curtains()).toBe(4)
  })

  test('who goes back, corrects the form and sends it again has another book; who changes a space has not', async () => {
    const form = await filledIn()
    await agatha.submitForm('/books/new', form)
    const corrected = await agatha.submitForm('/books/new', { ...form, numPages: '251' })
    expect(corrected.text).toContain('251')
    await agatha.submitForm('/books/new', { ...form, title: `${form.title} `, cost: ` ${form.cost}` })
    expect(await curtains()).toBe(2)
  })

  test('a form that was not right is the same form when it is mended', async () => {
    const form = await filledIn()
    const refused = await agatha.submitForm('/books/new', { ...form, cost: '0.001' })
    expect([refused.status, refused.text.includes(`name="form" value="${form.form}"`)]).toEqual([400, true])
    await agatha.submitForm('/books/new', form)
    await agatha.submitForm('/books/new', form)
    expect(await curtains()).toBe(1)
  })

  test('a form is the same one after its person signed in again', async () => {
    const form = await filledIn()
    await agatha.submitForm('/books/new', form)
    await agatha.submitForm('/sign-out', { _csrf: form._csrf })
    await agatha.signIn()
    await agatha.submitForm('/books/new', { ...form, _csrf: await agatha.csrfToken() })
    expect(await curtains()).toBe(1)
  })
})

test('somebody else’s form of the same name is another form', () => {
  const form = { ...BOOK_FORM, id: 'one' }
  const input = { title: 'Curtain', author: 'Agatha Christie', cost: 7.99, numPages: 250 }
  expect(deriveIdempotencyKey('agatha', form, input)).not.toBe(deriveIdempotencyKey('arthur', form, input))
  expect(deriveIdempotencyKey('agatha', { ...form, id: '' }, input)).toBeUndefined()
})
