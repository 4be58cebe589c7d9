import { afterAll, beforeAll, describe, expect } from '@jest/globals'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { CHROMIUM_ARGUMENTS, CHROMIUM_PATHS, chromiumPath } from './chromium.ts'
import type { Service } from './service.ts'

/** Host names other than localhost do not resolve, so that a page cannot load anything from elsewhere. */
const LOCALHOST_ONLY = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost'

/** A browser context of one user, with empty storage. */
export type BrowserSession = {
  readonly context: BrowserContext
  /** Requests of its pages to other hosts. */
  readonly externalRequests: readonly string[]
  /** Uncaught errors, and errors in the console other than those of failed requests. */
  readonly consoleErrors: readonly string[]
  close(): Promise<void>
}

type ContextOptions = Parameters<Browser['newContext']>[0]
type OpenSession = (options?: ContextOptions) => Promise<BrowserSession>

const isLocal = (url: string) => /^(?:https?:\/\/(?:localhost|127\.0\.0\.1)[:/]|data:|blob:|about:)/.test(url)

async function openSession(browser: Browser, options: ContextOptions): Promise<BrowserSession> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  const externalRequests: string[] = []
  const consoleErrors: string[] = []
  context.on('request', (request) => {
    if (!isLocal(request.url())) externalRequests.push(request.url())
  })
  context.on('console', (message) => {
    const isFailedRequest = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isFailedRequest) consoleErrors.push(message.text())
  })
  context.on('weberror', (error) => consoleErrors.push(error.error().message))
  return { context, externalRequests, consoleErrors, close: () => context.close() }
}

/** Describes tests in a real browser. They are skipped, with a note in their name, where no Chromium is installed. */
export function describeInBrowser(name: string, tests: (openSession: OpenSession) => void): void {
  const path = chromiumPath
  if (path === undefined) {
    describe.skip(`${name} (skipped: no Chromium at ${CHROMIUM_PATHS.join(' or ')})`, () =>
      tests(() => Promise.reject(new Error('No browser is installed.'))))
    return
  }
  describe(name, () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await chromium.launch({
        executablePath: path,
        args: [LOCALHOST_ONLY, ...CHROMIUM_ARGUMENTS],
      })
    })
    afterAll(() => browser?.close())
    tests((options) => openSession(browser, options))
  })
}

/**
 * Closes a browser session, and expects no external requests and no console errors but these.
 * @param service closed after the session, since requests of an open page would fail
 */
export async function closeSession(
  session: BrowserSession,
  expectedErrors: readonly string[] = [],
  service?: Pick<Service, 'close'>,
): Promise<void> {
  await session.close()
  await service?.close()
  expect([session.externalRequests, session.consoleErrors]).toEqual([[], expectedErrors])
}
