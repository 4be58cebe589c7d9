import { createServer } from 'node:http'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Site, startSite } from '../../support/webapp/site.ts'

let site: Site
beforeEach(async () => {
  site = await startSite()
})
afterEach(() => site.close())

/** Signs in, changes the issuer, and signs out without following the redirect. */
async function signOutAfter(changeIssuer: () => Promise<unknown>) {
  const agatha = site.newClient()
  await agatha.signIn()
  const body = new URLSearchParams({ _csrf: await agatha.csrfToken() })
  await changeIssuer()
  const reply = await agatha.request('/sign-out', { method: 'POST', body })
  return { reply, agatha }
}

test('signs out at the issuer even if it rejects the revocation', async () => {
  const issuer = createServer((_, response) => response.writeHead(503).end())
  const { reply, agatha } = await signOutAfter(async () => {
    await site.stopIssuer()
    const { port } = new URL(site.issuerUrl)
    await new Promise<void>((resolve) => issuer.listen(Number(port), 'localhost', resolve))
  })
  issuer.close()
  const location = new URL(reply.headers.get('location') ?? '', site.url)
  expect([reply.status, location.origin + location.pathname]).toEqual([303, `${site.issuerUrl}/v1/logout`])
  expect(location.searchParams.get('post_logout_redirect_uri')).toBe(site.url)
  expect(await agatha.displayedName()).toBeUndefined()
})

test('during an outage of the issuer, signs out of the web app alone and says so', async () => {
  const { reply, agatha } = await signOutAfter(site.stopIssuer)
  expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('may still be signed in there')])
  expect(await agatha.displayedName()).toBeUndefined()
})
