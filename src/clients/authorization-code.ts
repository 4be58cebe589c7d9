import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'

/** The values that an authorization response is validated against. */
export type SignInChecks = { readonly state: string; readonly nonce: string; readonly verifier: string }

/** Fetches the metadata of an authorization server. The settings allow plain http only for one on this machine. */
export const discoverServer = (issuer: string, clientId: string, auth: ClientAuth, timeoutSeconds: number) =>
  discovery(new URL(issuer), clientId, undefined, auth, {
    timeout: timeoutSeconds,
    execute: issuer.startsWith('http:') ? [allowInsecureRequests] : [],
  })

/** Starts an authorization code flow with PKCE (RFC 9700 §2.1): returns its URL, and the checks for its response. */
export async function startAuthorization(
  server: Configuration,
  redirectUri: string,
  scopes: readonly string[],
  state = randomState(),
) {
  const [nonce, verifier] = [randomNonce(), randomPKCECodeVerifier()]
  const { href } = buildAuthorizationUrl(server, {
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  return { url: href, state, nonce, verifier }
}

/** Exchanges the code of a response. Checks `state`, `error`, `iss` (RFC 9207), the ID token and its nonce. */
export const exchangeCode = (server: Configuration, callbackUrl: URL, checks: SignInChecks) =>
  authorizationCodeGrant(server, callbackUrl, {
    expectedState: checks.state,
    expectedNonce: checks.nonce,
    pkceCodeVerifier: checks.verifier,
  })
