import * as oidc from 'openid-client'
import { discoverServer, exchangeCode, type SignInChecks, startAuthorization } from '../authorization-code.ts'
import type { IdeSettings } from './ide-settings.ts'

export type IdeSession = {
  readonly accessToken: string
  /** Identifies the session at sign-out. Its claims were verified at sign-in. */
  readonly idToken: string
  readonly name: string
}

/** The texts of the editors, as GraphiQL's properties. The headers do not contain the token. */
export type EditorDraft = Readonly<Record<'initialQuery' | 'initialVariables' | 'initialHeaders', string>>

/** A message for the user. `details` come from the authorization server, and are shown as plain text. */
export type SignInError = { readonly message: string; readonly details?: string }

/** The result of a redirect back from the authorization server. */
export type CallbackResult = { readonly draft?: EditorDraft; readonly error?: SignInError }

/** A sign-in in progress: the values that its response must match, and the texts of the editors. */
type PendingSignIn = SignInChecks & { readonly scopes: readonly string[]; readonly draft: EditorDraft }

const OPENID_SCOPES = ['openid', 'profile', 'email']
const TIMEOUT_SECONDS = 10
const SESSION_KEY = 'fakebook-ide.session'
const PENDING_KEY = 'fakebook-ide.pending'
const UNKNOWN_SIGN_IN = 'This response does not match a sign-in that was started in this tab. Sign in again.'
const UNREACHABLE =
  'The authorization server cannot be reached. Check that it is running and allows requests from this page (CORS).'

/**
 * Loads the session of this tab. Session storage belongs to one tab and ends with it. A session in memory alone would be
 * lost at each reload and at each redirect for one more scope, even a rejected one. Neither protects against an injected
 * script, which could read the header editor; the page's Content Security Policy does.
 */
export const loadSession = () => readItem<IdeSession>(SESSION_KEY)

/**
 * Redirects to the authorization server (authorization code with PKCE). The draft is restored afterwards. A popup would
 * not need that, but browsers may block it.
 * @param scopes scopes of the API; those of OpenID Connect are added
 * @throws if the authorization server cannot be reached; see `describeSignInError`
 */
export async function redirectToSignIn(
  settings: IdeSettings,
  scopes: readonly string[],
  draft: EditorDraft,
): Promise<void> {
  const server = await discoverIssuer(settings)
  const allScopes = [...OPENID_SCOPES, ...scopes]
  const { url, ...checks } = await startAuthorization(server, getPageUrl(), allScopes)
  sessionStorage.setItem(PENDING_KEY, JSON.stringify({ ...checks, scopes, draft }))
  location.assign(url)
}

/**
 * Handles the authorization response in the page's URL: saves the session, and removes the response from the URL.
 * @returns undefined if there is no response
 */
export async function handleCallback(settings: IdeSettings): Promise<CallbackResult | undefined> {
  const url = new URL(location.href)
  const hasResponse = ['code', 'state', 'error'].some((name) => url.searchParams.has(name))
  if (!hasResponse || settings.clientId === undefined) return undefined
  history.replaceState(null, '', location.pathname)
  const pending = readItem<PendingSignIn>(PENDING_KEY)
  // A response cannot be used twice.
  sessionStorage.removeItem(PENDING_KEY)
  if (!pending || pending.state !== url.searchParams.get('state'))
    return { error: { message: UNKNOWN_SIGN_IN } }
  const { draft, scopes } = pending
  try {
    const session: IdeSession = await createSession(await discoverIssuer(settings), url, pending)
    sessionStorage.setItem(SESSION_KEY, JSON.stringify(session))
    return { draft }
  } catch (error) {
    return { draft, error: describeSignInError(error, scopes) }
  }
}

/** Clears the session, revokes its token where that is supported, and ends the session of the authorization server. */
export async function signOut(settings: IdeSettings, session: IdeSession): Promise<void> {
  sessionStorage.removeItem(SESSION_KEY)
  try {
    const server = await discoverIssuer(settings)
    await oidc.tokenRevocation(server, session.accessToken).catch(() => undefined)
    const parameters = { id_token_hint: session.idToken, post_logout_redirect_uri: getPageUrl() }
    location.assign(oidc.buildEndSessionUrl(server, parameters))
  } catch {
    // The authorization server is unreachable, or has no such endpoint: only the session of this tab has ended.
    location.assign(getPageUrl())
  }
}

/** Describes an error of a sign-in for these scopes. */
export function describeSignInError(error: unknown, scopes: readonly string[]): SignInError {
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError) {
    const details = error.error_description ?? error.error
    if (error.error === 'access_denied')
      return {
        message: `The authorization server denied the request for ${scopes.join(' and ')}. Ask an administrator of the API for access.`,
        details,
      }
    return { message: 'The authorization server rejected the sign-in.', details }
  }
  const { code, cause, message } = error as oidc.ClientError
  if (error instanceof TypeError || code === 'OAUTH_TIMEOUT') return { message: UNREACHABLE }
  const reason = cause instanceof Error ? cause.message : message
  return { message: `The authorization server sent an invalid response: ${reason}` }
}

/** Returns this page's URL, which is its registered redirect URI. */
const getPageUrl = () => location.origin + location.pathname

const discoverIssuer = ({ issuer, clientId = '' }: IdeSettings) =>
  discoverServer(issuer, clientId, oidc.None(), TIMEOUT_SECONDS)

/** Exchanges the code of a response for tokens and the name of the user. */
async function createSession(server: oidc.Configuration, callbackUrl: URL, checks: SignInChecks) {
  const tokens = await exchangeCode(server, callbackUrl, checks)
  const subject = tokens.claims()?.sub ?? ''
  // Without a name of the user the IDE shows the subject.
  const user = await oidc.fetchUserInfo(server, tokens.access_token, subject).catch(() => undefined)
  return {
    accessToken: tokens.access_token,
    idToken: tokens.id_token ?? '',
    name: user?.name ?? user?.preferred_username ?? subject,
  }
}

function readItem<T>(key: string): T | undefined {
  const text = sessionStorage.getItem(key)
  return text === null ? undefined : (JSON.parse(text) as T)
}
