import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { SCRIPT_INJECTIONS } from '../../cases/webapp/attacks.ts'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { type BrowserSession, describeInBrowser } from '../../support/describe-in-browser.ts'
import { createTestClock } from '../../support/test-clock.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM } from '../../support/webapp/web-client.ts'

const HOUR_MS = 3_600_000

async function submitSignIn(page: Page, account = AGATHA) {
  await page.fill('#login', account.login)
  await page.fill('#password', account.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function submitBook(page: Page, book = BOOK_FORM) {
  for (const [name, value] of Object.entries(book)) await page.fill(`#${name}`, value)
  await page.getByRole('button', { name: 'Add the book' }).click()
}

const headingOf = (page: Page) => page.getByRole('heading', { level: 1 }).textContent()

describeInBrowser('the web app in a browser', (newVisitor) => {
  const clock = createTestClock()
  let site: Site
  beforeAll(async () => {
    site = await startSite({ clock })
  })
  afterAll(() => site.close())

  async function signIn(account = AGATHA, options = {}): Promise<{ visitor: BrowserSession; page: Page }> {
    const visitor = await newVisitor(options)
    const page = await visitor.context.newPage()
    await page.goto(`${site.url}/books`)
    await submitSignIn(page, account)
    await page.waitForURL(`${site.url}/books`)
    return { visitor, page }
  }

  /** Closes a session and expects neither external requests nor console errors. */
  async function closeCleanly({ externalRequests, consoleErrors, close }: BrowserSession) {
    expect([externalRequests, consoleErrors]).toEqual([[], []])
    await close()
  }

  test.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])(
    'signs in, searches, shows a book and the profile, and signs out (JavaScript: $javaScriptEnabled)',
    async ({ javaScriptEnabled }) => {
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
      expect([await headingOf(page), await page.locator('dd.price').textContent()]).toEqual([
        'The Moonstone',
        '$9.25',
      ])
      await page.getByRole('link', { name: 'Profile' }).click()
      expect(await page.locator('.facts dd').allTextContents()).toEqual(
        expect.arrayContaining(['Agatha Christie', AGATHA.login]),
      )
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.waitForURL(`${site.url}/?state=*`)
      expect(await headingOf(page)).toBe('You are signed out')
      // The issuer's session has ended too: it asks for the password again.
      await page.getByRole('link', { name: 'Sign in again' }).click()
      await page.waitForSelector('#password')
      await closeCleanly(visitor)
    },
  )

  test('shows nothing of the session after a sign-out and the back button', async () => {
    const { visitor, page } = await signIn()
    await page.goto(`${site.url}/profile`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(`${site.url}/?state=*`)
    await page.goBack()
    await page.waitForSelector('#password')
    expect(await page.content()).not.toContain('Agatha Christie')
    await closeCleanly(visitor)
  })

  test.each([{ javaScriptEnabled: true }, { javaScriptEnabled: false }])(
    'adds a book after a step-up (JavaScript: $javaScriptEnabled)',
    async ({ javaScriptEnabled }) => {
      const { visitor, page } = await signIn(AGATHA, { javaScriptEnabled })
      await page.getByRole('link', { name: 'Add a book' }).first().click()
      await submitBook(page, { ...BOOK_FORM, cost: '7.999', numPages: '0' })
      expect([
        await page.inputValue('#title'),
        await page.locator('.invalid .hint').allTextContents(),
      ]).toEqual(['Curtain', [expect.stringContaining('two decimals'), expect.stringContaining('from 1 to')]])
      await submitBook(page)
      await page.waitForURL(`${site.url}/books/*?added=yes`)
      expect([await headingOf(page), await page.getByRole('status').textContent()]).toEqual([
        'Curtain',
        'The book was added.',
      ])
      await closeCleanly(visitor)
    },
  )

  test('explains a denied permission and keeps the form', async () => {
    const { visitor, page } = await signIn(ARTHUR)
    await page.goto(`${site.url}/books/new`)
    await submitBook(page)
    await page.waitForSelector('text=Your account cannot add books')
    await page.getByRole('link', { name: 'Back to the form' }).click()
    expect(await page.inputValue('#title')).toBe('Curtain')
    await closeCleanly(visitor)
  })

  test('completes two concurrent sign-ins in one session', async () => {
    const visitor = await newVisitor()
    const [first, second] = [await visitor.context.newPage(), await visitor.context.newPage()]
    await Promise.all([first.goto(`${site.url}/books`), second.goto(`${site.url}/profile`)])
    await submitSignIn(first)
    await first.waitForURL(`${site.url}/books`)
    await submitSignIn(second)
    await second.waitForURL(`${site.url}/profile`)
    await first.reload()
    expect([await headingOf(first), await headingOf(second)]).toEqual(['Books', 'Your profile'])
    await closeCleanly(visitor)
  })

  test('refreshes an expired token, and renews an expired session without a password', async () => {
    const { visitor, page } = await signIn()
    await clock.advance(HOUR_MS)
    await page.goto(`${site.url}/books?title=moon`)
    expect(await page.locator('.book-title').allTextContents()).toEqual(['The Moonstone'])
    await clock.advance(3 * HOUR_MS)
    await page.goto(`${site.url}/books/5`)
    // The issuer's session is still valid.
    await page.waitForURL(`${site.url}/books/5`)
    expect(await headingOf(page)).toBe('The Moonstone')
    await closeCleanly(visitor)
  })

  test('pages forward and back', async () => {
    const { visitor, page } = await signIn()
    for (let number = 1; number <= 7; number++) {
      await page.goto(`${site.url}/books/new`)
      await submitBook(page, { ...BOOK_FORM, title: `Volume ${number}`, author: 'A. Series' })
      await page.waitForURL(`${site.url}/books/*?added=yes`)
    }
    await page.goto(`${site.url}/books`)
    expect(await page.locator('.book').count()).toBe(10)
    await page.getByRole('link', { name: 'Next' }).click()
    await page.waitForURL('**/books?after=*')
    expect((await page.locator('.book-title').allTextContents()).at(-1)).toBe('Volume 7')
    await page.getByRole('link', { name: 'Previous' }).click()
    await page.waitForURL(`${site.url}/books`)
    await closeCleanly(visitor)
  })

  test('cuts long titles after a whole line, and aligns the search fields, at the width of a phone', async () => {
    const { visitor, page } = await signIn(AGATHA, { viewport: { width: 390, height: 844 } })
    await page.goto(`${site.url}/books/new`)
    await submitBook(page, { ...BOOK_FORM, title: 'The Unaccountable Clockmaker '.repeat(10) })
    await page.waitForURL(`${site.url}/books/*?added=yes`)
    await page.goto(`${site.url}/books?title=unaccountable`)
    const lines = await page.evaluate<number[]>(`['.cover-title', '.book-title'].map((selector) => {
      const part = document.querySelector(selector)
      return part.clientHeight / parseFloat(getComputedStyle(part).lineHeight)
    })`)
    expect(lines.map((count) => count.toFixed(1))).toEqual(['6.0', '3.0'])
    const fields = await Promise.all(['#title', '#author'].map((field) => page.locator(field).boundingBox()))
    expect(fields[0]).toEqual(expect.objectContaining({ x: fields[1]?.x, width: fields[1]?.width }))
    await closeCleanly(visitor)
  })

  test('shows injected scripts as text', async () => {
    const { visitor, page } = await signIn()
    for (const { text } of SCRIPT_INJECTIONS) {
      await page.goto(`${site.url}/books/new`)
      await submitBook(page, { ...BOOK_FORM, title: text, author: text })
      await page.waitForURL(`${site.url}/books/*?added=yes`)
      expect(await headingOf(page)).toBe(text)
      await page.goto(`${site.url}/books?${new URLSearchParams({ title: text, author: text })}`)
      expect(await page.inputValue('#title')).toBe(text)
      expect(await page.locator('.book-title').allTextContents()).toContain(text)
      expect(await page.evaluate('[window.pwned, document.querySelector("#pwned")]')).toEqual([
        undefined,
        null,
      ])
    }
    await closeCleanly(visitor)
  })

  test('hides the session cookie from scripts', async () => {
    const { visitor, page } = await signIn()
    const cookies = (await visitor.context.cookies(site.url)).filter(({ name }) =>
      name.startsWith('fakebook'),
    )
    expect(cookies).toEqual([
      expect.objectContaining({ name: 'fakebook', httpOnly: true, sameSite: 'Lax', path: '/', expires: -1 }),
    ])
    expect(await page.evaluate('document.cookie')).toBe('')
    await closeCleanly(visitor)
  })
})
