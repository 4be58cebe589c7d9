import { existsSync } from 'node:fs'
import type { Browser, NavigationObserver } from './browser.ts'

/** Where Debian, Ubuntu, Google's packages and macOS put it. */
export const CHROMIUM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const OFF = ['gpu', 'quic', 'background-networking', 'component-update', 'sync']
/** As root, on a small machine, without requests of its own. */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--no-first-run',
  ...OFF.map((name) => `--disable-${name}`),
]

/** The browser of this machine; undefined if there is none. */
export const chromiumPath = CHROMIUM_PATHS.find(existsSync)

/** A real browser without a screen; undefined where there is none, or where the packages for tests are not installed. */
export async function launchChromium(observer: NavigationObserver): Promise<Browser | undefined> {
  const playwright = await import('playwright-core').catch(() => undefined)
  if (chromiumPath === undefined || playwright === undefined) return undefined
  const browser = await playwright.chromium.launch({ executablePath: chromiumPath, args: CHROMIUM_ARGUMENTS })
  const page = await browser.newPage()
  page.on('request', (request) => {
    if (request.isNavigationRequest()) observer.onRequest(request.method(), request.url())
  })
  page.on('response', (response) => {
    if (response.request().isNavigationRequest())
      observer.onResponse(response.status(), response.url(), response.headers().location)
  })
  const loaded = (act: Promise<unknown>) => Promise.all([page.waitForEvent('load'), act])
  return {
    name: `Chromium ${browser.version()}`,
    async open(url) {
      await loaded(page.goto(url))
    },
    async fill(fields) {
      for (const [name, value] of Object.entries(fields)) await page.fill(`[name="${name}"]`, value)
    },
    async click(label) {
      const name = { name: label, exact: true }
      await loaded(page.getByRole('button', name).or(page.getByRole('link', name)).first().click())
    },
    heading: async () => (await page.textContent('h1')) ?? '',
    text: async () => (await page.textContent('body')) ?? '',
    close: () => browser.close(),
  }
}
