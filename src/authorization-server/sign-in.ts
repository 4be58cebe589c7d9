import type { IncomingMessage } from 'node:http'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../lib/clock.ts'
import { describeAccess, findUser, USERS } from './clients-and-users.ts'
import { createLoginThrottle } from './login-throttle.ts'
import { errors, type Provider } from './oidc-provider.ts'
import { sendPage } from './pages.ts'

export const SIGN_IN_PATH = '/sign-in/'
const DEMO_ACCOUNTS = USERS.map((user) => ({ login: user.login, access: describeAccess(user) }))
type SignInForm = Readonly<Partial<Record<'login' | 'password' | 'errorMessage', string>>>

/** In characters. */
const MAX_FORM_LENGTH = 8_192

/** Adds the sign-in page, which shows the form and checks what it submits. */
export function addSignInPage(provider: Provider, clock: Clock, getApplicationUrl: () => string): void {
  const loginThrottle = createLoginThrottle(clock)
  provider.use(async function signIn(context, next) {
    const ctx = context as KoaContextWithOIDC
    if (!ctx.path.startsWith(SIGN_IN_PATH)) return next()
    const interaction = await findInteraction(provider, ctx)
    if (!interaction) return sendPage(ctx, 400, 'sign-in-expired', { applicationUrl: getApplicationUrl() })
    const client = await provider.Client.find(String(interaction.params.client_id))
    const application = client?.clientName ?? 'the application'
    const showForm = (status: number, form: SignInForm) =>
      sendPage(ctx, status, 'sign-in', { application, accounts: DEMO_ACCOUNTS, ...form })

    const demoAccount = findUser(String(ctx.query.account))
    if (ctx.method !== 'POST')
      return showForm(200, demoAccount ?? { login: String(interaction.params.login_hint ?? '') })
    const form = await readForm(ctx.req)
    if (!form) return showForm(413, { errorMessage: 'The email or password is too long.' })
    // Okta ignores the letter case of a login.
    const login = form.get('login')?.trim().toLowerCase() ?? ''
    const retryAfterSeconds = Math.ceil(loginThrottle.retryAfterMs(login) / 1000)
    if (retryAfterSeconds > 0) {
      ctx.set('retry-after', String(retryAfterSeconds))
      const errorMessage = `Too many failed attempts. Try again in ${retryAfterSeconds} s.`
      return showForm(429, { login, errorMessage })
    }
    const user = findUser(login)
    if (!user || user.password !== form.get('password')) {
      loginThrottle.recordFailure(login)
      return showForm(401, { login, errorMessage: 'Wrong email or password.' })
    }
    loginThrottle.clearFailures(login)
    const returnTo = await provider.interactionResult(ctx.req, ctx.res, { login: { accountId: login } })
    ctx.status = 303
    ctx.redirect(returnTo)
  })
}

/** Returns oidc-provider's interaction; undefined when it is completed, expired or of another browser. */
async function findInteraction(provider: Provider, { req, res }: KoaContextWithOIDC) {
  try {
    return await provider.interactionDetails(req, res)
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return undefined
    throw error
  }
}

/** Reads a form, with or without a Content-Length. Returns undefined if it is too large. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  let text = ''
  // Destroying the request would close the connection before the response.
  for await (const chunk of request.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += chunk
    if (text.length > MAX_FORM_LENGTH) return undefined
  }
  return new URLSearchParams(text)
}
