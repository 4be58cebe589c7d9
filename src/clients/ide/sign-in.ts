import * as oauth from 'oauth4webapi'
import { discover, here } from './authorization-server.ts'
import type { Settings } from './ide-settings.ts'
import { type Draft, keepPending, type Pending } from './session-storage.ts'

const OPENID = ['openid', 'profile', 'email']

/**
 * Goes to the issuer (authorization code with PKCE). In this tab: a popup may be blocked, and what the person was at waits.
 * @param scopes the API's; who one is comes with them
 * @throws what `discover` does
 */
export async function goSignIn(
  settings: Settings,
  clientId: string,
  scopes: readonly string[],
  draft: Draft,
): Promise<void> {
  const { authorization_endpoint = '' } = await discover(settings.issuer)
  const pending: Pending = {
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
    redirect_uri: here(),
    scope: [...OPENID, ...scopes].join(' '),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  keepPending(pending)
  location.assign(url)
}
