import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { startEmbeddedAuthorizationServer } from '../../src/app/authorization-server.ts'
import { parseConfig } from '../../src/config/config.ts'
import { authorizeUrl } from '../support/authorization-server/oauth-client.ts'
import { AGATHA, ARTHUR } from '../support/demo-accounts.ts'
import { type BrowserSession, describeInBrowser } from '../support/describe-in-browser.ts'
import { seriousViolations } from '../support/serious-violations.ts'

/** Starts a server for the redirect URI. */
async function startApplication() {
  const server = createServer((_, response) => response.end('callback'))
  await once(server.listen(0), 'listening')
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  return { url, close: () => server.close().closeAllConnections() }
}

let application: Awaited<ReturnType<typeof startApplication>>
let issuer: Awaited<ReturnType<typeof startEmbeddedAuthorizationServer>>
beforeAll(async () => {
  application = await startApplication()
  const urls = { api: 'http://localhost:4000', webapp: application.url }
  issuer = await startEmbeddedAuthorizationServer(parseConfig({ ISSUER_PORT: '0' }), undefined, () => urls)
})
afterAll(async () => {
  await issuer.close()
  application.close()
})

const authorize = (changes: Record<string, string> = {}) =>
  authorizeUrl(issuer.url, { redirect_uri: `${application.url}/callback`, ...changes })

/** Submits the form and returns the callback URL. */
async function signInAs(page: Page, { login, password }: typeof AGATHA): Promise<URL> {
  await page.fill('#login', login)
  await page.fill('#password', password)
  await page.click('button')
  return waitForCallback(page)
}

async function waitForCallback(page: Page): Promise<URL> {
  await page.waitForURL(`${application.url}/**`)
  return new URL(page.url())
}

describeInBrowser('pages of the embedded authorization server', (newVisitor) => {
  let visitor: BrowserSession
  let page: Page
  beforeAll(async () => {
    visitor = await newVisitor()
    page = await visitor.context.newPage()
  })
  afterAll(() => visitor.close())

  test.each(['light', 'dark'] as const)(
    'have no serious axe violations in the %s color scheme, and load nothing',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme })
      await page.goto(authorize({ prompt: 'login' }))
      expect(await seriousViolations(page)).toEqual([])
      await page.fill('#login', AGATHA.login)
      await page.fill('#password', 'wrong')
      await page.click('button')
      expect(await page.textContent('[role=alert]')).toContain('Wrong email or password')
      expect(await page.evaluate('document.activeElement.id')).toBe('password')
      expect(await seriousViolations(page)).toEqual([])
      const formUrl = page.url()
      expect((await signInAs(page, AGATHA)).searchParams.has('code')).toBe(true)
      for (const url of [formUrl, authorize({ client_id: 'unknown' })]) {
        await page.goto(url)
        expect(await seriousViolations(page)).toEqual([])
      }
      expect(visitor.externalRequests).toEqual([])
    },
  )

  test('fill in a demo account, without scripts', async () => {
    const session = await newVisitor({ javaScriptEnabled: false })
    const form = await session.context.newPage()
    await form.goto(authorize({ prompt: 'login' }))
    await form.getByRole('button', { name: ARTHUR.login }).click()
    expect([await form.inputValue('#login'), await form.inputValue('#password')]).toEqual(
      Object.values(ARTHUR),
    )
    await form.getByRole('button', { name: 'Sign in', exact: true }).click()
    expect((await waitForCallback(form)).searchParams.has('code')).toBe(true)
    await session.close()
  })

  test('let another user sign in with prompt=login', async () => {
    await page.goto(authorize({ prompt: 'login' }))
    expect((await signInAs(page, ARTHUR)).searchParams.has('code')).toBe(true)
    await page.goto(authorize({ scope: 'openid fakebookapi.admin' }))
    expect((await waitForCallback(page)).searchParams.get('error')).toBe('access_denied')
  })
})
