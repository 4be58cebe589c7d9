import type { IncomingMessage, ServerResponse } from 'node:http'
import { errors, type Provider } from 'oidc-provider'
import { authenticateUser, listDemoAccounts, normalizeLogin } from './clients-and-users.ts'
import type { LoginThrottle } from './login-throttle.ts'
import { expiredSignInPage, sendPage, signInPage } from './pages.ts'

export const SIGN_IN_PATH = '/sign-in/'
const MAX_FORM_BYTES = 8_192

type Options = {
  readonly provider: Provider
  readonly loginThrottle: LoginThrottle
  /** Where a person whose form is too old goes on. */
  readonly applicationUrl: () => string
}

/** The page where a person signs in. */
export function createSignInHandler({ provider, loginThrottle, applicationUrl }: Options) {
  return async function answerSignIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const interaction = await provider.interactionDetails(request, response).catch(endedOrThrow)
    if (interaction === undefined) return void sendPage(response, 400, expiredSignInPage(applicationUrl()))
    const client = await provider.Client.find(String(interaction.params.client_id))
    const show = (status: number, shown: { login?: string; errorMessage?: string }, headers = {}) =>
      sendPage(
        response,
        status,
        signInPage({
          application: client?.clientName ?? 'the application',
          demoAccounts: listDemoAccounts(),
          ...shown,
        }),
        headers,
      )
    if (request.method !== 'POST') return void show(200, loginHint(interaction.params.login_hint))
    const form = await formOf(request)
    if (form === undefined)
      return void show(413, { errorMessage: 'That is too long to be a login and a password.' })
    const login = normalizeLogin(form.get('login') ?? '')
    const wait = Math.ceil(loginThrottle.retryAfterMs(login) / 1000)
    if (wait > 0) {
      const errorMessage = `Too many wrong passwords. Try again in ${wait} s.`
      return void show(429, { login, errorMessage }, { 'retry-after': String(wait) })
    }
    const user = authenticateUser(login, form.get('password') ?? '')
    if (!user) {
      loginThrottle.recordFailure(login)
      return void show(401, { login, errorMessage: 'That login and password do not belong together.' })
    }
    loginThrottle.clearFailures(login)
    await provider.interactionFinished(request, response, { login: { accountId: user.login } })
  }
}

/** Its form was sent before, or an hour ago, or from another browser. */
function endedOrThrow(error: unknown): undefined {
  if (error instanceof errors.SessionNotFound) return undefined
  throw error
}

const loginHint = (hint: unknown) => (typeof hint === 'string' ? { login: hint.slice(0, 200) } : {})

/** @returns undefined when it is too large */
async function formOf(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > MAX_FORM_BYTES) return undefined
    chunks.push(chunk as Buffer)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString())
}
