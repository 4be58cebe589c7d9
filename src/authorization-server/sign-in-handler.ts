import type { IncomingMessage, ServerResponse } from 'node:http'
import { authenticateUser, listDemoAccounts, normalizeLogin } from './clients-and-users.ts'
import type { LoginThrottle } from './login-throttle.ts'
import { errors, type Provider } from './oidc-provider.ts'
import { expiredSignInPage, sendPage, signInPage } from './pages.ts'

export const SIGN_IN_PATH = '/sign-in/'
const MAX_FORM_BYTES = 8_192
const MAX_LOGIN_HINT_LENGTH = 200

type SignInHandlerOptions = {
  readonly provider: Provider
  readonly loginThrottle: LoginThrottle
  /** The link for users whose sign-in has expired. */
  readonly applicationUrl: () => string
}

type FormState = { readonly login?: string; readonly errorMessage?: string }

/** Creates the handler of the sign-in page: shows the form, and checks what it submits. */
export function createSignInHandler({ provider, loginThrottle, applicationUrl }: SignInHandlerOptions) {
  return async function handleSignIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const interaction = await findInteraction(provider, request, response)
    if (interaction === undefined) return void sendPage(response, 400, expiredSignInPage(applicationUrl()))
    const client = await provider.Client.find(String(interaction.params.client_id))
    const showForm = (status: number, state: FormState, headers = {}) => {
      const application = client?.clientName ?? 'the application'
      const html = signInPage({ application, demoAccounts: listDemoAccounts(), ...state })
      sendPage(response, status, html, headers)
    }
    if (request.method !== 'POST') return showForm(200, parseLoginHint(interaction.params.login_hint))
    const form = await readForm(request)
    if (form === undefined) return showForm(413, { errorMessage: 'The login or password is too long.' })
    const login = normalizeLogin(form.get('login') ?? '')
    const retryAfterSeconds = Math.ceil(loginThrottle.retryAfterMs(login) / 1000)
    if (retryAfterSeconds > 0) {
      const errorMessage = `Too many failed attempts. Try again in ${retryAfterSeconds} s.`
      return showForm(429, { login, errorMessage }, { 'retry-after': String(retryAfterSeconds) })
    }
    const user = authenticateUser(login, form.get('password') ?? '')
    if (!user) {
      loginThrottle.recordFailure(login)
      return showForm(401, { login, errorMessage: 'Wrong login or password.' })
    }
    loginThrottle.clearFailures(login)
    await provider.interactionFinished(request, response, { login: { accountId: user.login } })
  }
}

/** Returns oidc-provider's interaction; undefined when it is completed, expired or of another browser. */
async function findInteraction(provider: Provider, request: IncomingMessage, response: ServerResponse) {
  try {
    return await provider.interactionDetails(request, response)
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return undefined
    throw error
  }
}

const parseLoginHint = (hint: unknown): FormState =>
  typeof hint === 'string' ? { login: hint.slice(0, MAX_LOGIN_HINT_LENGTH) } : {}

/** Reads a form; undefined when it is too large. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > MAX_FORM_BYTES) return undefined
    chunks.push(chunk as Buffer)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString())
}
