import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { findUser } from './clients-and-users.ts'
import { errors } from './oidc-provider.ts'

/** The scopes in the discovery document. Okta does not publish the scopes of APIs. */
export const OPENID_SCOPES = ['openid', 'profile', 'email', 'offline_access']
const SCOPES_THAT_NEED_OPENID = new Set(['profile', 'email'])
const UNKNOWN_SCOPE = 'One or more scopes are not configured for the authorization server resource.'

const parseScopes = (scope: unknown) =>
  String(scope ?? '')
    .split(' ')
    .filter(Boolean)

/** Returns Okta's description of an invalid scope in a client credentials request; undefined when it is valid. */
export function clientCredentialsScopeError(
  scope: string | undefined,
  knownScopes: ReadonlySet<string>,
): string | undefined {
  const requested = parseScopes(scope)
  if (requested.length === 0)
    return "The authorization server resource does not have any configured default scopes, 'scope' must be provided."
  if (requested.includes('openid')) return "Cannot request 'openid' scopes using client credentials."
  return requested.some((name) => !knownScopes.has(name)) ? UNKNOWN_SCOPE : undefined
}

/**
 * Creates Okta's checks of authorization requests that go beyond OpenID Connect.
 * @param knownScopes the scopes of OpenID Connect and of the API
 */
export const createAuthorizeParameterChecks = (
  knownScopes: ReadonlySet<string>,
): Configuration['extraParams'] => ({
  state(_, state) {
    if (!state)
      throw new errors.InvalidRequest("The authentication request has an invalid 'state' parameter.")
  },
  scope(_, scope) {
    const requested = parseScopes(scope)
    if (requested.length === 0) throw new errors.InvalidScope('No scopes were requested.', '')
    if (requested.some((name) => !knownScopes.has(name))) throw new errors.InvalidScope(UNKNOWN_SCOPE, '')
    if (!requested.includes('openid') && requested.some((name) => SCOPES_THAT_NEED_OPENID.has(name)))
      throw new errors.InvalidScope(
        "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.",
        '',
      )
  },
})

/**
 * Creates oidc-provider's `loadExistingGrant`. It grants every scope without asking for consent, as Okta does for an
 * organisation's own applications.
 * @throws (the loader) AccessDenied when the access policy denies a requested scope to the user
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
