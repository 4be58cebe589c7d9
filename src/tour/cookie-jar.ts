type Cookie = { readonly name: string; readonly value: string; readonly path: string }

export type CookieJar = {
  /** By name and path. */
  readonly cookies: Map<string, Cookie>
  /** What a request for this address carries. */
  cookieHeader(url: URL): string
  /** Takes what an answer sets. */
  storeFrom(response: Response): void
}

/** Cookies by path, for one machine, whatever the port, as RFC 6265 §8.5 has it; a browser's other rules are not needed. */
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
