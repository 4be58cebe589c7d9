import { createCookieClient } from '../cookie-client.ts'

/** Creates a function that follows redirects with cookies, up to the first URL outside the issuer's origin. */
export function createIssuerClient(issuerUrl: string) {
  const { origin } = new URL(issuerUrl)
  const { navigate } = createCookieClient()
  return (url: string, init: RequestInit = {}) =>
    navigate(url, init, (next) => new URL(next).origin !== origin)
}
