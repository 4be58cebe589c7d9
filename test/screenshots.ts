import { mkdirSync, statSync } from 'node:fs'
import { chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../src/tour/chromium.ts'
import { AGATHA } from './support/demo-accounts.ts'
import { showDeniedMutation } from './support/ide/denied-mutation.ts'
import { openIde } from './support/ide/ide-page.ts'
import { startSite } from './support/webapp/site.ts'
import { BOOK_FORM } from './support/webapp/web-client.ts'

/** The pictures of the documentation, in the order that one comes by them: each is the page after its steps. */
const PICTURES: readonly (readonly [name: string, steps: (page: Page, url: string) => Promise<unknown>])[] = [
  ['webapp-home', (page, url) => page.goto(url)],
  ['webapp-sign-in', (page) => page.locator('main').getByRole('link', { name: 'Sign in' }).click()],
  [
    'webapp-books',
    async (page, url) => {
      await page.fill('#login', AGATHA.login)
      await page.fill('#password', AGATHA.password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL(`${url}/books`)
    },
  ],
  [
    'webapp-add-book',
    async (page, url) => {
      await page.goto(`${url}/books/new`)
      for (const [name, value] of Object.entries(BOOK_FORM)) await page.fill(`#${name}`, value)
    },
  ],
  [
    'webapp-added',
    async (page, url) => {
      await page.getByRole('button', { name: 'Add the book' }).click()
      await page.waitForURL(`${url}/books/*?added=yes`)
    },
  ],
]

const FOLDER = 'docs/images'
/** Bytes; pictures are for a page that loads at once. */
const MOST = 150_000

async function shoot(page: Page, name: string): Promise<void> {
  const path = `${FOLDER}/${name}.png`
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path })
  const { size } = statSync(path)
  if (size > MOST) throw new Error(`${path} has ${size} bytes, more than ${MOST}`)
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
  for (const [name, steps] of PICTURES) {
    await steps(page, site.url)
    await shoot(page, name)
  }
  // Somebody else, whom nobody has asked for a password yet.
  const ide = await openIde({ context: await browser.newContext({ viewport }) }, site)
  await showDeniedMutation(ide)
  await shoot(ide.page, 'ide')
} finally {
  await browser.close()
  await site.close()
}
