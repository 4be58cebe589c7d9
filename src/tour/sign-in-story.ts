import type { Browser } from './browser.ts'
import { launchChromium } from './chromium.ts'
import { createCookieBrowser } from './cookie-browser.ts'
import type { Narrator } from './narrator.ts'
import { recordFetchRequests } from './request-log.ts'

type Place = {
  readonly webapp: string
  readonly issuer: string
  readonly api: string
  readonly user: { readonly login: string; readonly password: string }
  /** Has time pass for the web app. */
  readonly pass: (milliseconds: number) => void
  /** Whether a real browser is used where there is one. */
  readonly browser: boolean
}

const NEARLY_AN_HOUR = 59.5 * 60_000

/** A person signs in, sees the books, comes back when the token has ended, and signs out. */
export async function tellSignInStory(narrator: Narrator, environment: Place): Promise<void> {
  const window =
    (environment.browser ? await launchChromium(narrator) : undefined) ?? createCookieBrowser(narrator)
  const calls: string[] = []
  const stop = recordFetchRequests(({ method, url, status }) => {
    if (!isOfTheWebApp(url, environment)) return
    calls.push(`${method} ${url}`)
    narrator.printServerCall(method, url, status)
  })
  try {
    narrator.printStep(
      `A person asks the web app for the books, and is sent to sign in. They look through ${window.name}.`,
    )
    await told(narrator, window, environment, calls)
  } finally {
    stop()
    await window.close()
  }
}

async function told(tell: Narrator, window: Browser, place: Place, calls: string[]): Promise<void> {
  const { webapp, issuer, user, pass } = place
  await window.open(`${webapp}/books`)
  tell.expect((await window.heading()) === 'Sign in', 'the page of the authorization server asks who it is')

  tell.printStep(
    'They sign in there. The web app gets a code, and for it the tokens; the browser gets a cookie and the books.',
  )
  await window.fill(user)
  await window.click('Sign in')
  tell.expect((await window.text()).includes('And Then There Were None'), 'the books are shown')

  tell.printStep(
    'An hour later the access token is about to end. The web app renews it before it asks for the books.',
  )
  pass(NEARLY_AN_HOUR)
  calls.length = 0
  await window.open(`${webapp}/books`)
  tell.expect(calls[0] === `POST ${issuer}/v1/token`, 'the refresh token was used')
  tell.expect((await window.text()).includes('And Then There Were None'), 'the books are shown')

  tell.printStep('They sign out, here and at the authorization server.')
  await window.click('Sign out')
  tell.expect((await window.text()).includes('signed out'), 'the web app says so')

  tell.printStep('Whoever asks for the books now is sent to sign in.')
  await window.open(`${webapp}/books`)
  tell.expect((await window.heading()) === 'Sign in', 'the authorization server asks who it is')
}

/** What the web app asks of the issuer and of the API behind the person's back; pages and keys are somebody else's. */
const isOfTheWebApp = (url: string, { issuer, api }: Place) =>
  ['token', 'userinfo', 'revoke'].some((name) => url === `${issuer}/v1/${name}`) || url === `${api}/graphql`
