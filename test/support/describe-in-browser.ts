import { afterAll, beforeAll, describe } from '@jest/globals'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { CHROMIUM_ARGUMENTS, CHROMIUM_PATHS, chromiumPath } from '../../src/tour/chromium.ts'

/** Nothing but this machine has a name: a page that asks elsewhere fails, and is found out. */
const ALONE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost'

/** A person's browser, with nothing remembered. */
export type BrowserSession = {
  readonly context: BrowserContext
  /** Requests to anywhere but this machine, by any page of it. */
  readonly externalRequests: readonly string[]
  /** Messages in the console, but those of requests that were answered with a refusal; and uncaught errors. */
  readonly consoleErrors: readonly string[]
  close(): Promise<void>
}

const isHere = (url: string) => /^(?:https?:\/\/(?:localhost|127\.0\.0\.1)[:/]|data:|blob:|about:)/.test(url)

async function visitor(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0],
): Promise<BrowserSession> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  const outside: string[] = []
  const complaints: string[] = []
  context.on('request', (request) => {
    if (!isHere(request.url())) outside.push(request.url())
  })
  context.on('console', (message) => {
    const refused = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !refused) complaints.push(message.text())
  })
  context.on('weberror', (error) => complaints.push(error.error().message))
  return { context, externalRequests: outside, consoleErrors: complaints, close: () => context.close() }
}

type NewVisitor = (options?: Parameters<Browser['newContext']>[0]) => Promise<BrowserSession>

/** Tests in a real browser; where there is none they are skipped, saying so. */
export function describeInBrowser(name: string, tests: (newVisitor: NewVisitor) => void): void {
  const path = chromiumPath
  if (path === undefined) {
    describe.skip(`${name} (skipped: there is no Chromium at ${CHROMIUM_PATHS.join(' or ')})`, () =>
      tests(() => Promise.reject(new Error('there is no browser'))))
    return
  }
  describe(name, () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: path, args: [ALONE, ...CHROMIUM_ARGUMENTS] })
    })
    afterAll(() => browser?.close())
    tests((options) => visitor(browser, options))
  })
}
