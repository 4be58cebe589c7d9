import { existsSync } from 'node:fs'
import type { Browser, NavigationObserver } from './browser.ts'

/** Paths of Chromium and Chrome on Debian, Ubuntu and macOS. */
export const CHROMIUM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const DISABLED_FEATURES = ['gpu', 'quic', 'background-networking', 'component-update', 'sync']
/** Lets Chromium run as root and without a GPU, and stops its background requests. */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--no-first-run',
  ...DISABLED_FEATURES.map((name) => `--disable-${name}`),
]

/** The path of the installed browser, or undefined. */
export const chromiumPath = CHROMIUM_PATHS.find(existsSync)

/** Launches a headless browser. Returns undefined if there is none, or if the development packages are not installed. */
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
  const waitForPage = (action: Promise<unknown>) => Promise.all([page.waitForEvent('load'), action])
  return {
    name: `Chromium ${browser.version()}`,
    async open(url) {
      await waitForPage(page.goto(url))
    },
    async fill(fields) {
      for (const [name, value] of Object.entries(fields)) await page.fill(`[name="${name}"]`, value)
    },
    async click(label) {
      const name = { name: label, exact: true }
      await waitForPage(page.getByRole('button', name).or(page.getByRole('link', name)).first().click())
    },
    heading: async () => (await page.textContent('h1')) ?? '',
    text: async () => (await page.textContent('body')) ?? '',
    close: () => browser.close(),
  }
}
