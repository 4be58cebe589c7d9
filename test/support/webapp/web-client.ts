import { createCookieJar } from '../../../src/tour/cookie-jar.ts'
import { AGATHA } from '../demo-accounts.ts'

/** Where a request ended. */
export type PageReply = {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const HOPS = 12

/** A person with a browser of few means: cookies (one jar for this machine, whatever the port), redirects, forms. */
export function createWebClient(origin: string) {
  const { cookies, cookieHeader, storeFrom } = createCookieJar()
  const history: PageReply[] = []

  /** One request; a redirect is an answer like any other. */
  async function request(at: string, init: RequestInit = {}): Promise<PageReply> {
    const url = new URL(at, origin)
    const cookie = cookieHeader(url)
    const headers = {
      accept: 'text/html',
      ...(cookie && { cookie }),
      ...(init.headers as Record<string, string>),
    }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    storeFrom(response)
    const { status } = response
    const seen = { url: url.href, status, headers: response.headers, text: await response.text() }
    history.push(seen)
    return seen
  }

  /** Follows redirects to the end, or to where `stop` says. */
  async function navigate(at: string, init: RequestInit = {}, stop: (url: string) => boolean = () => false) {
    let seen = await request(at, init)
    for (let hop = 0; hop < HOPS; hop++) {
      const location = seen.headers.get('location')
      if (location === null || seen.status < 300 || seen.status > 399) return seen
      const next = new URL(location, seen.url).href
      if (stop(next)) return { ...seen, url: next }
      seen = await request(next)
    }
    throw new Error('redirected in a circle')
  }

  const submitForm = (
    at: string,
    form: Readonly<Record<string, string>>,
    headers: Record<string, string> = {},
  ) => navigate(at, { method: 'POST', body: new URLSearchParams(form), headers })

  const isCallback = (url: string) => url.startsWith(`${origin}/callback?`)

  /** Goes as far as the address that leads back to the web app, without opening it. */
  async function signInUntilCallback(who = AGATHA, from = '/sign-in'): Promise<string> {
    const page = await navigate(from, {}, isCallback)
    if (isCallback(page.url)) return page.url
    const body = new URLSearchParams(who)
    return (await navigate(page.url, { method: 'POST', body }, isCallback)).url
  }

  return {
    cookies,
    history,
    request,
    navigate,
    submitForm,
    signInUntilCallback,
    signIn: async (who = AGATHA, from = '/sign-in') => navigate(await signInUntilCallback(who, from)),
    /** The token that this person's forms carry. */
    csrfToken: async () => /name="_csrf" value="([^"]+)"/.exec((await navigate('/')).text)?.[1] ?? '',
    /** The name that the pages have for whoever is signed in; undefined if nobody is. */
    displayedName: async () => /<span class="name">([^<]*)</.exec((await navigate('/')).text)?.[1],
    sessionCookie: () => cookies.get('fakebook /')?.value,
  }
}

export type WebClient = ReturnType<typeof createWebClient>

export const BOOK_FORM = { title: 'Curtain', author: 'Agatha Christie', cost: '7.99', numPages: '250' }
