import { createCookieJar } from '../../../src/tour/cookie-jar.ts'

/** Follows redirects and keeps cookies, as a browser does; stops where a redirect leaves the issuer. */
export function createRedirectFollower(issuer: string) {
  const jar = createCookieJar()

  async function once(url: string, init: RequestInit): Promise<Response> {
    const headers = { cookie: jar.cookieHeader(new URL(url)), accept: 'text/html' }
    const response = await fetch(url, { ...init, redirect: 'manual', headers })
    jar.storeFrom(response)
    return response
  }

  /** Where it ends: a page, or an address elsewhere. */
  return async function visit(url: string, init: RequestInit = {}) {
    let at = url
    let response = await once(at, init)
    for (let hops = 0; hops < 10; hops++) {
      const location = response.headers.get('location')
      if (location === null) return { at, status: response.status, page: await response.text() }
      at = new URL(location, at).href
      if (!at.startsWith(new URL(issuer).origin)) return { at, status: response.status, page: '' }
      response = await once(at, {})
    }
    throw new Error('redirected in a circle')
  }
}
