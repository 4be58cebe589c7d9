import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { describeInBrowser } from '../../support/describe-in-browser.ts'
import { seriousViolations } from '../../support/serious-violations.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM } from '../../support/webapp/web-client.ts'

/** The pages that a signed-in user can open by URL. */
const PAGES = [
  { heading: 'Books', path: '/books' },
  { heading: 'Books', path: '/books?title=nothing-like-this&author=Nobody' },
  { heading: 'And Then There Were None', path: '/books/1?added=yes' },
  { heading: 'Add a book', path: '/books/new' },
  { heading: 'Your profile', path: '/profile' },
  { heading: 'Page not found', path: '/books/4711' },
  { heading: 'Page not found', path: '/nowhere' },
  { heading: 'Invalid request', path: '/books?after=x' },
  { heading: 'Your authorization code', path: '/callback?code=abc&state=state123' },
  { heading: 'This sign-in was not started here', path: '/callback?error=access_denied&state=state123' },
]

describeInBrowser('accessibility of the web app', (newVisitor) => {
  let site: Site
  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site.close())

  async function signIn(page: Page, account: typeof AGATHA) {
    await page.fill('#login', account.login)
    await page.fill('#password', account.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`${site.url}/books`)
  }

  test.each(['light', 'dark'] as const)(
    'has no serious axe violations on any page in the %s color scheme',
    async (colorScheme) => {
      const visitor = await newVisitor({ colorScheme, bypassCSP: true })
      const page = await visitor.context.newPage()
      const violations: string[] = []
      const check = async (heading: string) => {
        await page.waitForSelector(`h1:text-is("${heading}")`)
        violations.push(...(await seriousViolations(page)).map((violation) => `${heading}: ${violation}`))
      }
      await page.goto(site.url)
      await check('A small shelf of good books')
      await page.goto(`${site.url}/books`)
      await signIn(page, ARTHUR)
      for (const { heading, path } of PAGES) {
        await page.goto(site.url + path)
        await check(heading)
      }
      await page.goto(`${site.url}/books/new`)
      await page.getByRole('button', { name: 'Add the book' }).click()
      await page.waitForSelector('[role=alert]:focus')
      await check('Add a book')
      for (const [name, value] of Object.entries(BOOK_FORM)) await page.fill(`#${name}`, value)
      await page.getByRole('button', { name: 'Add the book' }).click()
      await check('Your account cannot add books')
      await page.getByRole('button', { name: 'Sign out' }).click()
      await check('You are signed out')
      expect(violations).toEqual([])
      expect(visitor.externalRequests).toEqual([])
      await visitor.close()
    },
  )

  test('does not scroll horizontally at the width of a phone', async () => {
    const visitor = await newVisitor({ viewport: { width: 360, height: 740 } })
    const page = await visitor.context.newPage()
    await page.goto(`${site.url}/books`)
    await signIn(page, AGATHA)
    for (const path of ['/', ...PAGES.map((entry) => entry.path)]) {
      await page.goto(site.url + path)
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 360])
    }
    await visitor.close()
  })

  test('has a skip link as the first focusable element, with a visible focus', async () => {
    const visitor = await newVisitor()
    const page = await visitor.context.newPage()
    await page.goto(site.url)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content')
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
    await visitor.close()
  })
})
