import { mkdirSync, statSync } from 'node:fs'
import { chromium, type Page } from 'playwright-core'
import { chromiumPath } from './support/chromium.ts'
import { AGATHA } from './support/demo-accounts.ts'
import { showDeniedMutation } from './support/ide/denied-mutation.ts'
import { openIde } from './support/ide/ide-page.ts'
import { startSite } from './support/webapp/site.ts'
import { BOOK_FORM } from './support/webapp/web-client.ts'

type Screenshot = {
  readonly name: string
  /** Leads from the previous screenshot's page to this one. */
  readonly open: (page: Page, webappUrl: string) => Promise<unknown>
}

/** The screenshots of the web app, in order. */
const SCREENSHOTS: readonly Screenshot[] = [
  {
    name: 'webapp-sign-in',
    async open(page, webappUrl) {
      await page.goto(webappUrl)
      await page.locator('main').getByRole('link', { name: 'Sign in' }).click()
      await page.getByText('Use a demo account').waitFor()
    },
  },
  {
    name: 'webapp-books',
    async open(page, webappUrl) {
      await page.fill('#login', AGATHA.login)
      await page.fill('#password', AGATHA.password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL(`${webappUrl}/books`)
    },
  },
  {
    name: 'webapp-added',
    async open(page, webappUrl) {
      await page.goto(`${webappUrl}/books/new`)
      for (const [name, value] of Object.entries(BOOK_FORM)) await page.fill(`#${name}`, value)
      await page.getByRole('button', { name: 'Add the book' }).click()
      await page.waitForURL(`${webappUrl}/books/*?added=yes`)
    },
  },
]

const FOLDER = 'docs/images'
const MAX_BYTES = 400_000

async function takeScreenshot(page: Page, name: string): Promise<void> {
  const path = `${FOLDER}/${name}.png`
  // Not `networkidle`: a request that a redirect aborts in the IDE's worker may count as pending for ever.
  await page.waitForLoadState('load')
  await page.screenshot({ path, animations: 'disabled' })
  const { size } = statSync(path)
  if (size > MAX_BYTES) throw new Error(`${path} has ${size} bytes, more than ${MAX_BYTES}`)
  console.log(`${path}  ${Math.ceil(size / 1_000)} kB`)
}

mkdirSync(FOLDER, { recursive: true })
const site = await startSite()
const browser = await chromium.launch({
  ...(chromiumPath && { executablePath: chromiumPath }),
  args: ['--no-sandbox'],
})
const viewport = { width: 1280, height: 800 }
try {
  const page = await browser.newPage({ viewport })
  for (const { name, open } of SCREENSHOTS) {
    await open(page, site.url)
    await takeScreenshot(page, name)
  }
  // A new context, because the IDE needs a user who is not signed in yet.
  const context = await browser.newContext({ viewport, deviceScaleFactor: 2 })
  const ide = await openIde({ context }, site)
  await showDeniedMutation(ide)
  await takeScreenshot(ide.page, 'ide')
} finally {
  await browser.close()
  await site.close()
}
