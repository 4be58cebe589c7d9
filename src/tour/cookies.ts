type Cookie = { readonly name: string; readonly value: string; readonly path: string }

export type Jar = {
  /** What a request for this address carries. */
  header(url: URL): string
  /** Takes what an answer from there sets. */
  keep(url: URL, response: Response): void
}

/** Cookies by host and path, whatever the port, as RFC 6265 §8.5 has it; its other rules are not needed on one machine. */
export function cookieJar(): Jar {
  const cookies = new Map<string, Cookie>()
  return {
    header: ({ hostname, pathname }) =>
      [...cookies]
        .filter(([at, { path }]) => at.startsWith(`${hostname} `) && pathname.startsWith(path))
        .map(([, { name, value }]) => `${name}=${value}`)
        .join('; '),
    keep({ hostname }, response) {
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        const path = /; *path=([^;]*)/i.exec(line)?.[1] ?? '/'
        const at = `${hostname} ${path} ${name}`
        if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(at)
        else cookies.set(at, { name, value, path })
      }
    },
  }
}
