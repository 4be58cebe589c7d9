import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { DEMO_USER } from '../authorization-server/clients-and-users.ts'
import { createCookieBrowser } from './cookie-browser.ts'
import { expectStep, type TourServers, type Transcript } from './transcript.ts'

const ALMOST_AN_HOUR_MS = 59.5 * 60_000

/**
 * Shows a user who signs in to the web app, returns when the access token has almost expired, and signs out.
 * @param advanceClock moves the web app's clock forward
 */
export async function runSignInStory(
  transcript: Transcript,
  servers: TourServers,
  advanceClock: (milliseconds: number) => void,
): Promise<void> {
  const { webapp, issuer } = servers
  const { login, password } = DEMO_USER
  const browser = createCookieBrowser(transcript)
  const recording = recordWebappCalls(transcript, servers)
  const expectSignInPage = (html: string) =>
    expectStep(html.includes('<h1>Sign in to '), 'the authorization server shows its sign-in page')
  const expectBooks = (html: string) =>
    expectStep(html.includes('And Then There Were None'), 'the web app shows the books')
  try {
    transcript.printStep('A user opens the books in the web app and is redirected to sign in.')
    const signInPage = await browser.open(`${webapp}/books`)
    expectSignInPage(signInPage.html)

    transcript.printStep(
      'The user signs in. The web app exchanges the code for tokens, sets a session cookie and shows the books.',
    )
    expectBooks((await browser.submitForm(signInPage.url, { login, password })).html)

    transcript.printStep('An hour later the access token is about to expire. The web app refreshes it first.')
    advanceClock(ALMOST_AN_HOUR_MS)
    recording.calls.length = 0
    const { html } = await browser.open(`${webapp}/books`)
    expectStep(recording.calls[0] === `POST ${issuer}/v1/token`, 'the web app uses its refresh token')
    expectBooks(html)

    transcript.printStep('The user signs out of the web app and of the authorization server.')
    const [, _csrf = ''] = /name="_csrf" value="([^"]+)"/.exec(html) ?? []
    const signedOut = await browser.submitForm(`${webapp}/sign-out`, { _csrf })
    expectStep(signedOut.html.includes('You are signed out'), 'the web app confirms the sign-out')

    transcript.printStep('The user opens the books again and must sign in.')
    expectSignInPage((await browser.open(`${webapp}/books`)).html)
  } finally {
    recording.stop()
  }
}

type HeadersMessage = {
  readonly request: { readonly origin: string; readonly path: string; readonly method: string }
  readonly response: { readonly statusCode: number }
}

/** Records and prints the web app's own calls. Every server of the tour runs in this process, and fetches keys too. */
function recordWebappCalls(transcript: Transcript, { issuer, api }: TourServers) {
  const calls: string[] = []
  const webappUrls = [`${issuer}/v1/token`, `${issuer}/v1/userinfo`, `${issuer}/v1/revoke`, `${api}/graphql`]
  const onHeaders = (message: unknown) => {
    const { request, response } = message as HeadersMessage
    const url = request.origin + request.path
    if (!webappUrls.includes(url)) return
    calls.push(`${request.method} ${url}`)
    transcript.printServerCall(request.method, url, response.statusCode)
  }
  subscribe('undici:request:headers', onHeaders)
  return { calls, stop: () => unsubscribe('undici:request:headers', onHeaders) }
}
