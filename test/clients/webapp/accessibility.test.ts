import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { describeInBrowser } from '../../support/describe-in-browser.ts'
import { seriousViolations } from '../../support/serious-violations.ts'
import { type Site, startSite } from '../../support/webapp/site.ts'
import { BOOK_FORM } from '../../support/webapp/web-client.ts'

/** Every page, by what brings it up; the first column is its heading. */
const PAGES: readonly (readonly [heading: string, path: string])[] = [
  ['Books', '/books'],
  ['Books', '/books?title=nothing-like-this&author=Nobody'],
  ['And Then There Were None', '/books/1?added=yes'],
  ['Add a book', '/books/new'],
  ['Your profile', '/profile'],
  ['There is nothing here', '/books/4711'],
  ['There is nothing here', '/nowhere'],
  ['That cannot be answered', '/books?after=x'],
  ['Your authorization code', '/callback?code=abc&state=state123'],
  ['This sign-in was not started here', '/callback?error=access_denied&state=state123'],
]

describeInBrowser('every page is fit for everybody', (newVisitor) => {
  let site: Site
  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site.close())

  async function signIn(page: Page, who: typeof AGATHA) {
    await page.fill('#login', who.login)
    await page.fill('#password', who.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`${site.url}/books`)
  }

  test.each(['light', 'dark'] as const)('%s: axe finds nothing serious', async (colorScheme) => {
    const visitor = await newVisitor({ colorScheme, bypassCSP: true })
    const page = await visitor.context.newPage()
    const found: string[] = []
    const look = async (heading: string) => {
      await page.waitForSelector(`h1:text-is("${heading}")`)
      found.push(...(await seriousViolations(page)).map((finding) => `${heading}: ${finding}`))
    }
    await page.goto(site.url)
    await look('A small shelf of good books')
    await page.goto(`${site.url}/books`)
    await signIn(page, ARTHUR)
    for (const [heading, path] of PAGES) {
      await page.goto(site.url + path)
      await look(heading)
    }
    await page.goto(`${site.url}/books/new`)
    await page.getByRole('button', { name: 'Add the book' }).click()
    await page.waitForSelector('[role=alert]')
    await look('Add a book')
    for (const [name, value] of Object.entries(BOOK_FORM)) await page.fill(`#${name}`, value)
    await page.getByRole('button', { name: 'Add the book' }).click()
    await look('Your account may not add books')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await look('You are signed out')
    expect(found).toEqual([])
    expect(visitor.externalRequests).toEqual([])
    await visitor.close()
  })

  test('at the width of a phone nothing is cut off', async () => {
    const visitor = await newVisitor({ viewport: { width: 360, height: 740 } })
    const page = await visitor.context.newPage()
    await page.goto(`${site.url}/books`)
    await signIn(page, AGATHA)
    for (const [, path] of [['', '/'], ...PAGES]) {
      await page.goto(site.url + path)
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 360])
    }
    await visitor.close()
  })

  test('the keyboard gets to the content at once, and one sees where one is', async () => {
    const visitor = await newVisitor()
    const page = await visitor.context.newPage()
    await page.goto(site.url)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the content')
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
    await visitor.close()
  })
})
