import * as oauth from 'oauth4webapi'
import { currentPageUrl, discoverAuthorizationServer } from './authorization-server.ts'
import type { IdeSettings } from './ide-settings.ts'
import { type EditorDraft, type PendingAuthorization, savePendingAuthorization } from './session-storage.ts'

const OPENID_SCOPES = ['openid', 'profile', 'email']

/**
 * Redirects to the authorization server (authorization code with PKCE). The draft is restored afterwards. A popup would
 * not need that, but browsers may block it.
 * @param scopes scopes of the API; those of OpenID Connect are added
 * @throws as `discoverAuthorizationServer` does
 */
export async function redirectToSignIn(
  settings: IdeSettings,
  clientId: string,
  scopes: readonly string[],
  draft: EditorDraft,
): Promise<void> {
  const { authorization_endpoint = '' } = await discoverAuthorizationServer(settings.issuer)
  const pending: PendingAuthorization = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    scopes,
    draft,
  }
  const url = new URL(authorization_endpoint)
  const parameters = {
    client_id: clientId,
    response_type: 'code',
    redirect_uri: currentPageUrl(),
    scope: [...OPENID_SCOPES, ...scopes].join(' '),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  savePendingAuthorization(pending)
  location.assign(url)
}
