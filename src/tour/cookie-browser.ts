import type { Browser, NavigationObserver } from './browser.ts'
import { createCookieJar } from './cookie-jar.ts'

const MOST_HOPS = 10

type Form = { readonly method: string; readonly action: string; readonly html: string }

/** A window for where there is no browser: it keeps cookies, follows redirects and sends our own pages' forms. */
export function createCookieBrowser(observer: NavigationObserver): Browser {
  const jar = createCookieJar()
  let at = new URL('about:blank')
  let page = ''
  let filled: Readonly<Record<string, string>> = {}

  async function go(url: URL, init: RequestInit = {}): Promise<void> {
    let [next, ask] = [url, init]
    for (let hops = 0; hops < MOST_HOPS; hops++) {
      const headers = { cookie: jar.cookieHeader(next), accept: 'text/html', origin: at.origin }
      observer.onRequest(ask.method ?? 'GET', next.href)
      const response = await fetch(next, { ...ask, redirect: 'manual', headers })
      jar.storeFrom(response)
      const location = response.headers.get('location') ?? undefined
      observer.onResponse(response.status, next.href, location)
      at = next
      page = await response.text()
      if (location === undefined) return
      ;[next, ask] = [new URL(location, next), {}]
    }
    throw new Error('redirected in a circle')
  }

  const submit = ({ method, action, html }: Form) => {
    const fields = { ...hiddenIn(html), ...filled }
    filled = {}
    return go(new URL(action, at), { method, body: new URLSearchParams(fields) })
  }
  return {
    name: 'a cookie jar that follows links and sends forms',
    open: (url) => go(new URL(url)),
    async fill(fields) {
      filled = fields
    },
    async click(label) {
      const form = formsIn(page).find(({ html }) => new RegExp(`<button[^>]*>${label}</button>`).test(html))
      if (form) return submit(form)
      const [, href] = new RegExp(`<a [^>]*href="([^"]+)"[^>]*>${label}</a>`).exec(page) ?? []
      if (href === undefined) throw new Error(`nothing here says "${label}"`)
      return go(new URL(href, at))
    },
    heading: async () => wordsOf(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(page)?.[1] ?? ''),
    text: async () => wordsOf(page),
    close: async () => undefined,
  }
}

const formsIn = (page: string): Form[] =>
  [...page.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes = '', html = '']) => ({
    method: attribute(attributes, 'method')?.toUpperCase() ?? 'GET',
    action: attribute(attributes, 'action') ?? '',
    html,
  }))

const hiddenIn = (form: string): Record<string, string> =>
  Object.fromEntries(
    [...form.matchAll(/<input type="hidden"([^>]*)>/g)].map(([, attributes = '']) => [
      attribute(attributes, 'name'),
      attribute(attributes, 'value'),
    ]),
  )

const attribute = (attributes: string, name: string) =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1]

const wordsOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
