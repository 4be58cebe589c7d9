type Cookie = { readonly name: string; readonly value: string; readonly path: string }

/** Follows redirects and keeps cookies by their path, as a browser does; stops where a redirect leaves the issuer. */
export function browser(issuer: string) {
  const cookies = new Map<string, Cookie>()

  function keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    const path = /; *path=([^;]*)/i.exec(line)?.[1] ?? '/'
    if (value === '') cookies.delete(`${name} ${path}`)
    else cookies.set(`${name} ${path}`, { name, value, path })
  }

  async function once(url: string, init: RequestInit): Promise<Response> {
    const { pathname } = new URL(url)
    const sent = [...cookies.values()].filter(({ path }) => pathname.startsWith(path))
    const cookie = sent.map(({ name, value }) => `${name}=${value}`).join('; ')
    const headers = { cookie, accept: 'text/html' }
    const response = await fetch(url, { ...init, redirect: 'manual', headers })
    for (const line of response.headers.getSetCookie()) keep(line)
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
