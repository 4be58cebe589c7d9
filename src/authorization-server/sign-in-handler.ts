import type { IncomingMessage, ServerResponse } from 'node:http'
import { errors, type Provider } from 'oidc-provider'
import { knownUsers, normalLogin, signIn } from './clients-and-users.ts'
import type { Attempts } from './login-throttle.ts'
import { endedPage, sendPage, signInPage } from './pages.ts'

export const SIGN_IN = '/sign-in/'
const MAX_FORM_BYTES = 8_192

type Options = {
  readonly provider: Provider
  readonly attempts: Attempts
  /** Where a person whose form is too old goes on. */
  readonly application: () => string
}

/** The page where a person signs in. */
export function signInRoom({ provider, attempts, application }: Options) {
  return async function answerSignIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const interaction = await provider.interactionDetails(request, response).catch(endedOrThrow)
    if (interaction === undefined) return void sendPage(response, 400, endedPage(application()))
    const client = await provider.Client.find(String(interaction.params.client_id))
    const show = (status: number, shown: { login?: string; fault?: string }, headers = {}) =>
      sendPage(
        response,
        status,
        signInPage({ application: client?.clientName ?? 'the application', known: knownUsers(), ...shown }),
        headers,
      )
    if (request.method !== 'POST') return void show(200, loginHint(interaction.params.login_hint))
    const form = await formOf(request)
    if (form === undefined) return void show(413, { fault: 'That is too long to be a login and a password.' })
    const login = normalLogin(form.get('login') ?? '')
    const wait = Math.ceil(attempts.waitFor(login) / 1000)
    if (wait > 0) {
      const fault = `Too many wrong passwords. Try again in ${wait} s.`
      return void show(429, { login, fault }, { 'retry-after': String(wait) })
    }
    const user = signIn(login, form.get('password') ?? '')
    if (!user) {
      attempts.failed(login)
      return void show(401, { login, fault: 'That login and password do not belong together.' })
    }
    attempts.succeeded(login)
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
