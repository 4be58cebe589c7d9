import type { Transcript } from './transcript.ts'

type Cookie = { readonly name: string; readonly value: string; readonly path: string }

/** Creates a cookie jar for one host. Cookies match by path, on every port (RFC 6265 §8.5); other rules are not applied. */
export function createCookieJar() {
  /** Keys are name and path, separated by a space. */
  const cookies = new Map<string, Cookie>()
  return {
    cookies,

    /** Returns the value of the Cookie header for a URL. */
    cookieHeader: ({ pathname }: URL): string =>
      [...cookies.values()]
        .filter(({ path }) => pathname.startsWith(path))
        .map(({ name, value }) => `${name}=${value}`)
        .join('; '),

    /** Stores or deletes the cookies that a response sets. */
    storeFrom(response: Response): void {
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        const path = /; *path=([^;]*)/i.exec(line)?.[1] ?? '/'
        if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(`${name} ${path}`)
        else cookies.set(`${name} ${path}`, { name, value, path })
      }
    },
  }
}

const MAX_REDIRECTS = 10

/** Creates a browser without JavaScript: it keeps cookies, follows redirects, and prints requests and responses. */
export function createCookieBrowser(transcript: Transcript) {
  const jar = createCookieJar()

  async function navigate(method: string, target: string, body?: URLSearchParams) {
    transcript.printRequest({ method, url: target })
    let url = new URL(target)
    let init: RequestInit = { method, ...(body && { body }) }
    for (let redirects = 0; redirects < MAX_REDIRECTS; redirects++) {
      const headers = { cookie: jar.cookieHeader(url), accept: 'text/html' }
      const response = await fetch(url, { ...init, headers, redirect: 'manual' })
      jar.storeFrom(response)
      const location = response.headers.get('location')
      transcript.printNavigation(response.status, location)
      const html = await response.text()
      if (location === null) return { url: url.href, html }
      url = new URL(location, url)
      init = {}
    }
    throw new Error('too many redirects')
  }

  return {
    open: (url: string) => navigate('GET', url),
    submitForm: (url: string, fields: Readonly<Record<string, string>>) =>
      navigate('POST', url, new URLSearchParams(fields)),
  }
}
