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

/** The result of a redirect back from the authorization server. */
export type CallbackResult =
  | { readonly kind: 'signed-in'; readonly session: IdeSession; readonly draft: EditorDraft }
  | {
      readonly kind: 'failed'
      readonly message: string
      readonly details?: string
      readonly draft?: EditorDraft
    }

/** Handles the authorization response in the page's URL and removes it; returns undefined when there is none. */
export async function handleCallback(settings: IdeSettings): Promise<CallbackResult | undefined> {
  const parameters = new URLSearchParams(location.search)
  const hasResponse = ['code', 'state', 'error'].some((name) => parameters.has(name))
  if (!hasResponse || settings.clientId === undefined) return undefined
  history.replaceState(null, '', location.pathname)
  const pending = takePendingAuthorization()
  if (!pending || pending.state !== parameters.get('state'))
    return {
      kind: 'failed',
      message: 'This response does not match a sign-in that was started in this tab. Sign in again.',
    }
  try {
    const session = await redeemCode(settings, settings.clientId, parameters, pending)
    saveSession(session)
    return { kind: 'signed-in', session, draft: pending.draft }
  } catch (error) {
    return { kind: 'failed', draft: pending.draft, ...describeError(error, pending) }
  }
}

async function redeemCode(
  { issuer }: IdeSettings,
  clientId: string,
  parameters: URLSearchParams,
  { state, nonce, verifier }: PendingAuthorization,
): Promise<IdeSession> {
  const server = await discoverAuthorizationServer(issuer)
  const client = toOAuthClient(clientId)
  // Checks `state`, `error`, and `iss` (RFC 9207: a response of another issuer).
  const validated = oauth.validateAuthResponse(server, client, parameters, state)
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    validated,
    currentPageUrl(),
    verifier,
    createRequestOptions(issuer),
  )
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  })
  const subject = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? ''
  return {
    accessToken: tokens.access_token,
    idToken: tokens.id_token ?? '',
    name: await fetchName(server, client, tokens.access_token, subject, issuer),
  }
}

/** Returns the subject when the user has no name or the request fails. */
async function fetchName(
  server: oauth.AuthorizationServer,
  client: oauth.Client,
  token: string,
  subject: string,
  issuer: string,
): Promise<string> {
  try {
    const response = await oauth.userInfoRequest(server, client, token, createRequestOptions(issuer))
    const { name, preferred_username } = await oauth.processUserInfoResponse(
      server,
      client,
      subject,
      response,
    )
    return name ?? preferred_username ?? subject
  } catch {
    return subject
  }
}

/** Formats an error for the user. `details` come from the authorization server, and are shown as plain text. */
function describeError(
  error: unknown,
  { scopes }: PendingAuthorization,
): { message: string; details?: string } {
  if (error instanceof oauth.AuthorizationResponseError) {
    const details = error.error_description ?? error.error
    if (error.error === 'access_denied')
      return {
        message: `You are not allowed to use all of ${scopes.join(', ')}. Ask an administrator of the API for access.`,
        details,
      }
    return { message: 'The authorization server rejected the sign-in.', details }
  }
  if (error instanceof oauth.ResponseBodyError)
    return { message: 'The sign-in could not be completed.', details: error.error_description ?? error.error }
  return { message: describeAuthorizationServerError(error) }
}
