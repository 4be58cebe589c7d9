import { cookieJar } from '../../../src/tour/cookie-jar.ts'
import { AGATHA } from '../demo-accounts.ts'

/** Where a request ended. */
export type Seen = {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const HOPS = 12

/** A person with a browser of few means: cookies (one jar for this machine, whatever the port), redirects, forms. */
export function person(origin: string) {
  const { cookies: jar, header, keep } = cookieJar()
  const everything: Seen[] = []

  /** One request; a redirect is an answer like any other. */
  async function ask(at: string, init: RequestInit = {}): Promise<Seen> {
    const url = new URL(at, origin)
    const cookie = header(url)
    const headers = {
      accept: 'text/html',
      ...(cookie && { cookie }),
      ...(init.headers as Record<string, string>),
    }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    keep(response)
    const { status } = response
    const seen = { url: url.href, status, headers: response.headers, text: await response.text() }
    everything.push(seen)
    return seen
  }

  /** Follows redirects to the end, or to where `stop` says. */
  async function visit(at: string, init: RequestInit = {}, stop: (url: string) => boolean = () => false) {
    let seen = await ask(at, init)
    for (let hop = 0; hop < HOPS; hop++) {
      const location = seen.headers.get('location')
      if (location === null || seen.status < 300 || seen.status > 399) return seen
      const next = new URL(location, seen.url).href
      if (stop(next)) return { ...seen, url: next }
      seen = await ask(next)
    }
    throw new Error('redirected in a circle')
  }

  const send = (at: string, form: Readonly<Record<string, string>>, headers: Record<string, string> = {}) =>
    visit(at, { method: 'POST', body: new URLSearchParams(form), headers })

  const isCallback = (url: string) => url.startsWith(`${origin}/callback?`)

  /** Goes as far as the address that leads back to the web app, without opening it. */
  async function asFarAsCallback(who = AGATHA, from = '/sign-in'): Promise<string> {
    const page = await visit(from, {}, isCallback)
    if (isCallback(page.url)) return page.url
    const body = new URLSearchParams(who)
    return (await visit(page.url, { method: 'POST', body }, isCallback)).url
  }

  return {
    jar,
    everything,
    ask,
    visit,
    send,
    asFarAsCallback,
    signIn: async (who = AGATHA, from = '/sign-in') => visit(await asFarAsCallback(who, from)),
    /** The token that this person's forms carry. */
    csrf: async () => /name="_csrf" value="([^"]+)"/.exec((await visit('/')).text)?.[1] ?? '',
    /** The name that the pages have for whoever is signed in; undefined if nobody is. */
    name: async () => /<span class="name">([^<]*)</.exec((await visit('/')).text)?.[1],
    session: () => jar.get('fakebook /')?.value,
  }
}

export type Person = ReturnType<typeof person>

export const BOOK = { title: 'Curtain', author: 'Agatha Christie', cost: '7.99', numPages: '250' }
