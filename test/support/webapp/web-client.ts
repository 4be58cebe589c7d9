import { createCookieClient } from '../cookie-client.ts'
import { AGATHA } from '../demo-accounts.ts'

/** Creates a client of the web app without scripts. Paths are resolved against `origin`. */
export function createWebClient(origin: string) {
  const client = createCookieClient()
  const resolveUrl = (path: string) => new URL(path, origin).href
  const isCallback = (url: string) => url.startsWith(`${origin}/callback?`)

  const request = (path: string, init: RequestInit = {}) => client.request(resolveUrl(path), init)

  const navigate = (path: string, init: RequestInit = {}, stopsAt?: (url: string) => boolean) =>
    client.navigate(resolveUrl(path), init, stopsAt)

  const submitForm = (
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Record<string, string> = {},
  ) => navigate(path, { method: 'POST', body: new URLSearchParams(fields), headers })

  /** Signs in at the authorization server and returns the callback URL without opening it. */
  async function signInUntilCallback(account = AGATHA, path = '/sign-in'): Promise<string> {
    const page = await navigate(path, {}, isCallback)
    if (isCallback(page.url)) return page.url
    const body = new URLSearchParams(account)
    return (await navigate(page.url, { method: 'POST', body }, isCallback)).url
  }

  return {
    cookies: client.cookies,
    history: client.history,
    request,
    navigate,
    submitForm,
    signInUntilCallback,
    signIn: async (account = AGATHA, path = '/sign-in') => navigate(await signInUntilCallback(account, path)),
    /** Returns the CSRF token of the session's forms. */
    csrfToken: async () => /name="_csrf" value="([^"]+)"/.exec((await navigate('/')).text)?.[1] ?? '',
    /** Returns the user's name as the pages show it; undefined when signed out. */
    displayedName: async () => /<span class="name">([^<]*)</.exec((await navigate('/')).text)?.[1],
    sessionCookie: () => client.cookies.get('fakebook /')?.value,
  }
}

export type WebClient = ReturnType<typeof createWebClient>

export const BOOK_FORM = { title: 'Curtain', author: 'Agatha Christie', cost: '7.99', numPages: '250' }
