import type { Browser, NavigationObserver } from './browser.ts'
import { createCookieJar } from './cookie-jar.ts'

const MAX_REDIRECTS = 10

type Form = { readonly method: string; readonly action: string; readonly html: string }

/**
 * Creates a browser without JavaScript: it keeps cookies, follows redirects and submits forms. It parses HTML with regular
 * expressions, which suffices for this project's own pages.
 */
export function createCookieBrowser(observer: NavigationObserver): Browser {
  const jar = createCookieJar()
  let currentUrl = new URL('about:blank')
  let page = ''
  let fieldValues: Readonly<Record<string, string>> = {}

  async function navigate(target: URL, firstInit: RequestInit = {}): Promise<void> {
    let [url, init] = [target, firstInit]
    for (let redirects = 0; redirects < MAX_REDIRECTS; redirects++) {
      const headers = { cookie: jar.cookieHeader(url), accept: 'text/html', origin: currentUrl.origin }
      observer.onRequest(init.method ?? 'GET', url.href)
      const response = await fetch(url, { ...init, redirect: 'manual', headers })
      jar.storeFrom(response)
      const location = response.headers.get('location') ?? undefined
      observer.onResponse(response.status, url.href, location)
      currentUrl = url
      page = await response.text()
      if (location === undefined) return
      ;[url, init] = [new URL(location, url), {}]
    }
    throw new Error('too many redirects')
  }

  const submit = ({ method, action, html }: Form) => {
    const fields = { ...hiddenFields(html), ...fieldValues }
    fieldValues = {}
    return navigate(new URL(action, currentUrl), { method, body: new URLSearchParams(fields) })
  }
  return {
    name: 'a built-in client that follows links and submits forms',
    open: (url) => navigate(new URL(url)),
    async fill(fields) {
      fieldValues = fields
    },
    async click(label) {
      const form = findForms(page).find(({ html }) => new RegExp(`<button[^>]*>${label}</button>`).test(html))
      if (form) return submit(form)
      const [, href] = new RegExp(`<a [^>]*href="([^"]+)"[^>]*>${label}</a>`).exec(page) ?? []
      if (href === undefined) throw new Error(`the page has no button or link "${label}"`)
      return navigate(new URL(href, currentUrl))
    },
    heading: async () => stripTags(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(page)?.[1] ?? ''),
    text: async () => stripTags(page),
    close: async () => undefined,
  }
}

const findForms = (page: string): Form[] =>
  [...page.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes = '', html = '']) => ({
    method: attribute(attributes, 'method')?.toUpperCase() ?? 'GET',
    action: attribute(attributes, 'action') ?? '',
    html,
  }))

const hiddenFields = (form: string): Record<string, string> =>
  Object.fromEntries(
    [...form.matchAll(/<input type="hidden"([^>]*)>/g)].map(([, attributes = '']) => [
      attribute(attributes, 'name'),
      attribute(attributes, 'value'),
    ]),
  )

const attribute = (attributes: string, name: string) =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1]

const stripTags = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
