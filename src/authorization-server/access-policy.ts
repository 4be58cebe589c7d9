import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { findUser } from './clients-and-users.ts'
import { errors } from './oidc-provider.ts'

/** The scopes in the discovery document. Okta does not publish the scopes of APIs. */
export const OPENID_SCOPES = ['openid', 'profile', 'email', 'offline_access']
const UNKNOWN_SCOPE = 'One or more scopes are not configured for the authorization server resource.'

export const parseScopes = (scope: unknown) =>
  String(scope ?? '')
    .split(' ')
    .filter(Boolean)

const MAX_ASSERTION_SECONDS = 3_600

/** Checks what Okta requires of a verified client assertion and oidc-provider does not. */
export async function checkClientAssertion({ aud, exp }: Claims, tokenUrl: string): Promise<void> {
  if (aud !== tokenUrl) throw new errors.InvalidClientAuth('audience (aud) must be the token endpoint')
  if (Number(exp) > Date.now() / 1000 + MAX_ASSERTION_SECONDS)
    throw new errors.InvalidClientAuth('expires too far in the future')
}

type Claims = Readonly<Record<string, unknown>>

/** Rejects a client credentials request for scopes that it cannot get, with Okta's descriptions. */
export function checkClientCredentialsScope(scope: unknown, apiScopes: readonly string[]): void {
  const requested = parseScopes(scope)
  if (requested.length === 0)
    throw invalidScope(
      "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
    )
  if (requested.includes('openid'))
    throw invalidScope("Cannot request 'openid' scopes using client credentials.")
  if (requested.some((name) => !apiScopes.includes(name))) throw invalidScope(UNKNOWN_SCOPE)
}

const invalidScope = (description: string) => new errors.CustomOIDCProviderError('invalid_scope', description)

/** Creates Okta's checks of authorization requests that go beyond OpenID Connect. */
export const createAuthorizeParameterChecks = (
  knownScopes: readonly string[],
): Configuration['extraParams'] => ({
  state(_, state) {
    if (!state)
      throw new errors.InvalidRequest("The authentication request has an invalid 'state' parameter.")
  },
  scope(_, scope) {
    const requested = parseScopes(scope)
    if (requested.length === 0) throw invalidScope('No scopes were requested.')
    if (requested.some((name) => !knownScopes.includes(name))) throw invalidScope(UNKNOWN_SCOPE)
    if (!requested.includes('openid') && (requested.includes('profile') || requested.includes('email')))
      throw invalidScope(
        "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.",
      )
  },
})

/**
 * Creates oidc-provider's `loadExistingGrant`. It grants every scope that the access policy does not deny to the user, without
 * asking for consent, as Okta does for an organisation's own applications.
 */
export const createGrantLoader = (audience: string) =>
  async function loadExistingGrant({ oidc }: KoaContextWithOIDC) {
    const { provider, session, client, params } = oidc
    if (!session?.accountId || !client) return undefined
    const { accountId } = session
    const requested = parseScopes(params?.scope)
    const denied = findUser(accountId)?.deniedScopes.filter((name) => requested.includes(name)) ?? []
    if (denied.length > 0)
      throw new errors.AccessDenied(
        `Some of the requested scopes were denied by the policy. Denied scopes: [${denied.join(', ')}].`,
      )
    const grantId = session.grantIdFor(client.clientId)
    const grant =
      (grantId && (await provider.Grant.find(grantId))) ||
      new provider.Grant({ accountId, clientId: client.clientId })
    grant.addOIDCScope(String(params?.scope))
    grant.addResourceScope(audience, String(params?.scope))
    await grant.save()
    return grant
  }
