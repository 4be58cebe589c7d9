import { createCookieJar } from '../../src/tour/cookie-browser.ts'

/** A response with its URL and its body as text. */
export type PageReply = {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const MAX_REDIRECTS = 12

/** Creates a minimal browser: one cookie jar for this machine, whatever the port, and redirects. */
export function createCookieClient() {
  const { cookies, cookieHeader, storeFrom } = createCookieJar()
  const history: PageReply[] = []

  /** Sends one request and returns redirects as they are. */
  async function request(url: string, init: RequestInit = {}): Promise<PageReply> {
    const cookie = cookieHeader(new URL(url))
    const headers = {
      accept: 'text/html',
      ...(cookie && { cookie }),
      ...(init.headers as Record<string, string>),
    }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    storeFrom(response)
    const reply = { url, status: response.status, headers: response.headers, text: await response.text() }
    history.push(reply)
    return reply
  }

  /** Follows redirects; stops before a URL for which `stopsAt` is true, and returns that URL with the redirect. */
  async function navigate(
    url: string,
    init: RequestInit = {},
    stopsAt: (url: string) => boolean = () => false,
  ): Promise<PageReply> {
    let reply = await request(url, init)
    for (let redirects = 0; redirects < MAX_REDIRECTS; redirects++) {
      const location = reply.headers.get('location')
      if (location === null || reply.status < 300 || reply.status > 399) return reply
      const next = new URL(location, reply.url).href
      if (stopsAt(next)) return { ...reply, url: next }
      reply = await request(next)
    }
    throw new Error('too many redirects')
  }

  return { cookies, history, request, navigate }
}
