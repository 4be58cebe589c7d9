import * as oauth from 'oauth4webapi'
import { currentPageUrl, discoverAuthorizationServer } from './authorization-server.ts'
import type { IdeSettings } from './ide-settings.ts'
import { type EditorDraft, type PendingAuthorization, savePendingAuthorization } from './session-storage.ts'

const OPENID = ['openid', 'profile', 'email']

/**
 * Goes to the issuer (authorization code with PKCE). In this tab: a popup may be blocked, and what the person was at waits.
 * @param scopes the API's; who one is comes with them
 * @throws what `discover` does
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
    scope: [...OPENID, ...scopes].join(' '),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  savePendingAuthorization(pending)
  location.assign(url)
}
