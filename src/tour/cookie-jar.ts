type Cookie = { readonly name: string; readonly value: string; readonly path: string }

export type CookieJar = {
  /** Keys are name and path, separated by a space. */
  readonly cookies: Map<string, Cookie>
  /** Returns the value of the Cookie header for a URL. */
  cookieHeader(url: URL): string
  /** Stores or deletes the cookies that a response sets. */
  storeFrom(response: Response): void
}

/** Creates a cookie jar for one host. Cookies match by path, on every port (RFC 6265 §8.5); other rules are not applied. */
export function createCookieJar(): CookieJar {
  const cookies = new Map<string, Cookie>()
  return {
    cookies,
    cookieHeader: ({ pathname }) =>
      [...cookies.values()]
        .filter(({ path }) => pathname.startsWith(path))
        .map(({ name, value }) => `${name}=${value}`)
        .join('; '),
    storeFrom(response) {
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        const path = /; *path=([^;]*)/i.exec(line)?.[1] ?? '/'
        if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(`${name} ${path}`)
        else cookies.set(`${name} ${path}`, { name, value, path })
      }
    },
  }
}
