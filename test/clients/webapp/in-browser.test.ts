import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { SCRIPT_INJECTIONS } from '../../cases/webapp/attacks.ts'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { type BrowserSession, describeInBrowser } from '../../support/describe-in-browser.ts'
import { createTestClock } from '../../support/test-clock.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM } from '../../support/webapp/web-client.ts'

const HOUR = 3_600_000

async function submitSignIn(page: Page, who = AGATHA) {
  await page.fill('#login', who.login)
  await page.fill('#password', who.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function writeBook(page: Page, book = BOOK_FORM) {
  for (const [name, value] of Object.entries(book)) await page.fill(`#${name}`, value)
  await page.getByRole('button', { name: 'Add the book' }).click()
}

const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent()

describeInBrowser('the web app in a browser', (newVisitor) => {
  const clock = createTestClock()
  let site: Site
  beforeAll(async () => {
    site = await startSite({}, clock)
  })
  afterAll(() => site.close())

  async function signedIn(who = AGATHA, options = {}): Promise<{ visitor: BrowserSession; page: Page }> {
    const visitor = await newVisitor(options)
    const page = await visitor.context.newPage()
    await page.goto(`${site.url}/books`)
    await submitSignIn(page, who)
    await page.waitForURL(`${site.url}/books`)
    return { visitor, page }
  }

  async function quiet({ externalRequests, consoleErrors, close }: BrowserSession) {
    expect([externalRequests, consoleErrors]).toEqual([[], []])
    await close()
  }

  test.each([true, false])(
    'from home to the books and out again; scripts allowed: %s',
    async (javaScriptEnabled) => {
      const visitor = await newVisitor({ javaScriptEnabled })
      const page = await visitor.context.newPage()
      await page.goto(site.url)
      await page.locator('main').getByRole('link', { name: 'Sign in' }).click()
      await submitSignIn(page)
      await page.waitForURL(`${site.url}/books`)
      expect(await page.locator('.book-title').allTextContents()).toContain('And Then There Were None')
      await page.fill('#title', 'moon')
      await page.getByRole('button', { name: 'Search' }).click()
      await page.waitForURL('**/books?title=moon&author=')
      expect(await page.locator('.book-title').allTextContents()).toEqual(['The Moonstone'])
      await page.locator('.book').click()
      expect([await heading(page), await page.locator('dd.price').textContent()]).toEqual([
        'The Moonstone',
        '$9.25',
      ])
      await page.getByRole('link', { name: 'Profile' }).click()
      expect(await page.locator('.facts dd').allTextContents()).toEqual(
        expect.arrayContaining(['Agatha Christie', AGATHA.login]),
      )
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.waitForURL(`${site.url}/?state=*`)
      expect(await heading(page)).toBe('You are signed out')
      // At the issuer too: it asks for the password again.
      await page.getByRole('link', { name: 'Sign in again' }).click()
      await page.waitForSelector('#password')
      await quiet(visitor)
    },
  )

  test('the back button after a sign-out shows nothing of what was there', async () => {
    const { visitor, page } = await signedIn()
    await page.goto(`${site.url}/profile`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(`${site.url}/?state=*`)
    await page.goBack()
    await page.waitForSelector('#password')
    expect(await page.content()).not.toContain('Agatha Christie')
    await quiet(visitor)
  })

  test.each([true, false])('a book is added by a step-up; scripts allowed: %s', async (javaScriptEnabled) => {
    const { visitor, page } = await signedIn(AGATHA, { javaScriptEnabled })
    await page.getByRole('link', { name: 'Add a book' }).first().click()
    await writeBook(page, { ...BOOK_FORM, cost: '7.999', numPages: '0' })
    expect([await page.inputValue('#title'), await page.locator('.wrong .hint').allTextContents()]).toEqual([
      'Curtain',
      [expect.stringContaining('two decimals'), expect.stringContaining('from 1 to')],
    ])
    await writeBook(page)
    await page.waitForURL(`${site.url}/books/*?added=yes`)
    expect([await heading(page), await page.getByRole('status').textContent()]).toEqual([
      'Curtain',
      'Added. It is on the shelf.',
    ])
    await quiet(visitor)
  })

  test('who may not add books is told so, and finds the book in the form', async () => {
    const { visitor, page } = await signedIn(ARTHUR)
    await page.goto(`${site.url}/books/new`)
    await writeBook(page)
    await page.waitForSelector('text=Your account may not add books')
    await page.getByRole('link', { name: 'To the form' }).click()
    expect(await page.inputValue('#title')).toBe('Curtain')
    await quiet(visitor)
  })

  test('two tabs sign in at once: both arrive, with one session', async () => {
    const visitor = await newVisitor()
    const [one, two] = [await visitor.context.newPage(), await visitor.context.newPage()]
    await Promise.all([one.goto(`${site.url}/books`), two.goto(`${site.url}/profile`)])
    await submitSignIn(one)
    await one.waitForURL(`${site.url}/books`)
    await submitSignIn(two)
    await two.waitForURL(`${site.url}/profile`)
    await one.reload()
    expect([await heading(one), await heading(two)]).toEqual(['Books', 'Your profile'])
    await quiet(visitor)
  })

  test('an expired session signs in again by itself and comes back to the page; a new token is got in between', async () => {
    const { visitor, page } = await signedIn()
    await clock.advance(HOUR)
    await page.goto(`${site.url}/books?title=moon`)
    expect(await page.locator('.book-title').allTextContents()).toEqual(['The Moonstone'])
    await clock.advance(3 * HOUR)
    await page.goto(`${site.url}/books/5`)
    // The issuer still knows the browser.
    await page.waitForURL(`${site.url}/books/5`)
    expect(await heading(page)).toBe('The Moonstone')
    await quiet(visitor)
  })

  test('pages go forward by key, and back to the first', async () => {
    const { visitor, page } = await signedIn()
    for (let number = 1; number <= 7; number++) {
      await page.goto(`${site.url}/books/new`)
      await writeBook(page, { ...BOOK_FORM, title: `Volume ${number}`, author: 'A. Series' })
      await page.waitForURL(`${site.url}/books/*?added=yes`)
    }
    await page.goto(`${site.url}/books`)
    expect(await page.locator('.book').count()).toBe(10)
    await page.getByRole('link', { name: 'Next page' }).click()
    await page.waitForURL('**/books?after=*')
    expect((await page.locator('.book-title').allTextContents()).at(-1)).toBe('Volume 7')
    await page.getByRole('link', { name: 'Back to the first' }).click()
    await page.waitForURL(`${site.url}/books`)
    await quiet(visitor)
  })

  test('words that mean to be scripts stay words', async () => {
    const { visitor, page } = await signedIn()
    for (const [, , words] of SCRIPT_INJECTIONS) {
      await page.goto(`${site.url}/books/new`)
      await writeBook(page, { ...BOOK_FORM, title: words, author: words })
      await page.waitForURL(`${site.url}/books/*?added=yes`)
      expect(await heading(page)).toBe(words)
      await page.goto(`${site.url}/books?${new URLSearchParams({ title: words, author: words })}`)
      expect([await page.inputValue('#title'), await page.locator('.book-title').allTextContents()]).toEqual([
        words,
        [words],
      ])
      expect(await page.evaluate('[window.pwned, document.querySelector("#pwned")]')).toEqual([
        undefined,
        null,
      ])
    }
    await quiet(visitor)
  })

  test('the session’s cookie is for this server alone: no script sees it', async () => {
    const { visitor, page } = await signedIn()
    const cookies = (await visitor.context.cookies(site.url)).filter(({ name }) =>
      name.startsWith('fakebook'),
    )
    expect(cookies).toEqual([
      expect.objectContaining({ name: 'fakebook', httpOnly: true, sameSite: 'Lax', path: '/', expires: -1 }),
    ])
    expect(await page.evaluate('document.cookie')).toBe('')
    await quiet(visitor)
  })
})
