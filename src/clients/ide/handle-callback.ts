import * as oauth from 'oauth4webapi'
import {
  createRequestOptions,
  currentPageUrl,
  describeAuthorizationServerError,
  discoverAuthorizationServer,
  toOAuthClient,
} from './authorization-server.ts'
import type { IdeSettings } from './ide-settings.ts'
import {
  type EditorDraft,
  type IdeSession,
  type PendingAuthorization,
  saveSession,
  takePendingAuthorization,
} from './session-storage.ts'

/** What came of a sign-in; undefined when the page was opened without one. */
export type CallbackResult =
  | { readonly kind: 'signed-in'; readonly session: IdeSession; readonly draft: EditorDraft }
  | {
      readonly kind: 'refused'
      readonly message: string
      readonly details?: string
      readonly draft?: EditorDraft
    }

/** Reads what the issuer sent back with the person, and takes it out of the address. */
export async function handleCallback(settings: IdeSettings): Promise<CallbackResult | undefined> {
  const parameters = new URLSearchParams(location.search)
  const answers = ['code', 'state', 'error'].some((name) => parameters.has(name))
  if (!answers || settings.clientId === undefined) return undefined
  history.replaceState(null, '', location.pathname)
  const pending = takePendingAuthorization()
  if (!pending || pending.state !== parameters.get('state'))
    return {
      kind: 'refused',
      message: 'That answer belongs to no sign-in that was started here. Sign in again.',
    }
  try {
    return {
      kind: 'signed-in',
      session: await redeem(settings, settings.clientId, parameters, pending),
      draft: pending.draft,
    }
  } catch (error) {
    return { kind: 'refused', draft: pending.draft, ...wordsFor(error, pending) }
  }
}

async function redeem(
  { issuer }: IdeSettings,
  clientId: string,
  parameters: URLSearchParams,
  { state, nonce, verifier }: PendingAuthorization,
): Promise<IdeSession> {
  const server = await discoverAuthorizationServer(issuer)
  const who = toOAuthClient(clientId)
  // Looks at `state`, at `iss` (RFC 9207: an answer of another issuer), and at `error`.
  const checked = oauth.validateAuthResponse(server, who, parameters, state)
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    who,
    oauth.None(),
    checked,
    currentPageUrl(),
    verifier,
    createRequestOptions(issuer),
  )
  const tokens = await oauth.processAuthorizationCodeResponse(server, who, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  })
  const subject = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? ''
  const session = {
    accessToken: tokens.access_token,
    idToken: tokens.id_token ?? '',
    name: await nameOf(server, who, tokens.access_token, subject, issuer),
  }
  saveSession(session)
  return session
}

/** A name is nice to have: without one the subject stands for it. */
async function nameOf(
  server: oauth.AuthorizationServer,
  who: oauth.Client,
  token: string,
  subject: string,
  issuer: string,
): Promise<string> {
  try {
    const response = await oauth.userInfoRequest(server, who, token, createRequestOptions(issuer))
    const { name, preferred_username } = await oauth.processUserInfoResponse(server, who, subject, response)
    return name ?? preferred_username ?? subject
  } catch {
    return subject
  }
}

/** What is said where a sign-in did not come about. The issuer's own words are shown as they are, as text. */
function wordsFor(error: unknown, { scopes }: PendingAuthorization): { message: string; details?: string } {
  if (error instanceof oauth.AuthorizationResponseError) {
    const details = error.error_description ?? error.error
    if (error.error === 'access_denied')
      return {
        message: `You may not have all of ${scopes.join(', ')}. Somebody who looks after the API can change that.`,
        details,
      }
    return { message: 'The authorization server did not sign you in.', details }
  }
  if (error instanceof oauth.ResponseBodyError)
    return { message: 'The sign-in could not be finished.', details: error.error_description ?? error.error }
  return { message: describeAuthorizationServerError(error) }
}
