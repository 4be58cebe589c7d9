import type { Browser } from './browser.ts'
import { launchChromium } from './chromium.ts'
import { createCookieBrowser } from './cookie-browser.ts'
import { recordFetchRequests } from './request-log.ts'
import { expectStep } from './tour-client.ts'
import type { Transcript } from './transcript.ts'

type Environment = {
  readonly webapp: string
  readonly issuer: string
  readonly api: string
  readonly user: { readonly login: string; readonly password: string }
  /** Moves the web app's clock forward. */
  readonly advanceClock: (milliseconds: number) => void
  /** Uses Chromium if this machine has it. */
  readonly useRealBrowser: boolean
}

const ALMOST_AN_HOUR_MS = 59.5 * 60_000

/** Shows a user who signs in to the web app, returns when the access token has almost expired, and signs out. */
export async function runSignInStory(transcript: Transcript, environment: Environment): Promise<void> {
  const browser =
    (environment.useRealBrowser ? await launchChromium(transcript) : undefined) ??
    createCookieBrowser(transcript)
  const webappCalls: string[] = []
  const stopRecording = recordFetchRequests(({ method, url, status }) => {
    if (!isWebappCall(url, environment)) return
    webappCalls.push(`${method} ${url}`)
    transcript.printServerCall(method, url, status)
  })
  try {
    await runSteps(transcript, browser, environment, webappCalls)
  } finally {
    stopRecording()
    await browser.close()
  }
}

async function runSteps(
  transcript: Transcript,
  browser: Browser,
  { webapp, issuer, user, advanceClock }: Environment,
  webappCalls: string[],
): Promise<void> {
  const showsBooks = async () => (await browser.text()).includes('And Then There Were None')

  transcript.printStep(
    `A user opens the books in the web app and is redirected to sign in. Browser: ${browser.name}.`,
  )
  await browser.open(`${webapp}/books`)
  expectStep((await browser.heading()) === 'Sign in', 'the authorization server shows its sign-in page')

  transcript.printStep(
    'The user signs in. The web app exchanges the code for tokens, sets a session cookie and shows the books.',
  )
  await browser.fill(user)
  await browser.click('Sign in')
  expectStep(await showsBooks(), 'the web app shows the books')

  transcript.printStep('An hour later the access token is about to expire. The web app refreshes it first.')
  advanceClock(ALMOST_AN_HOUR_MS)
  webappCalls.length = 0
  await browser.open(`${webapp}/books`)
  expectStep(webappCalls[0] === `POST ${issuer}/v1/token`, 'the web app uses its refresh token')
  expectStep(await showsBooks(), 'the web app shows the books')

  transcript.printStep('The user signs out of the web app and of the authorization server.')
  await browser.click('Sign out')
  expectStep((await browser.text()).includes('signed out'), 'the web app confirms the sign-out')

  transcript.printStep('The user opens the books again and must sign in.')
  await browser.open(`${webapp}/books`)
  expectStep((await browser.heading()) === 'Sign in', 'the authorization server shows its sign-in page')
}

/** Selects the web app's own calls: every server of the tour runs in this process, and fetches keys too. */
const isWebappCall = (url: string, { issuer, api }: Environment) =>
  ['token', 'userinfo', 'revoke'].some((name) => url === `${issuer}/v1/${name}`) || url === `${api}/graphql`
