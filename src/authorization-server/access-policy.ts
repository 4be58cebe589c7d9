import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { findUser } from './clients-and-users.ts'

/** What discovery lists; Okta keeps an API's own scopes to itself. */
export const OPENID_SCOPES = ['openid', 'profile', 'email', 'offline_access']
const UNKNOWN_SCOPE = 'One or more scopes are not configured for the authorization server resource.'

/** Why Okta refuses a scope in client credentials; undefined when it does not. */
export function clientCredentialsScopeError(
  scope: string | undefined,
  knownScopes: ReadonlySet<string>,
): string | undefined {
  const asked = scopesIn(scope)
  if (asked.length === 0)
    return "The authorization server resource does not have any configured default scopes, 'scope' must be provided."
  if (asked.includes('openid')) return "Cannot request 'openid' scopes using client credentials."
  return asked.some((one) => !knownScopes.has(one)) ? UNKNOWN_SCOPE : undefined
}

const scopesIn = (scope: unknown) =>
  String(scope ?? '')
    .split(' ')
    .filter(Boolean)

/**
 * What Okta looks at in an authorization request beyond OpenID Connect.
 * @param knownScopes every scope that the server has, its own and the API's
 */
export const createAuthorizeParameterChecks = (
  knownScopes: ReadonlySet<string>,
): Configuration['extraParams'] => ({
  state(_, state) {
    if (!state)
      throw new errors.InvalidRequest("The authentication request has an invalid 'state' parameter.")
  },
  scope(_, scope) {
    const asked = scopesIn(scope)
    if (asked.length === 0) throw new errors.InvalidScope('No scopes were requested.', '')
    if (asked.some((one) => !knownScopes.has(one))) throw new errors.InvalidScope(UNKNOWN_SCOPE, '')
    if (!asked.includes('openid') && asked.some((one) => OF_OPENID.has(one)))
      throw new errors.InvalidScope(
        "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.",
        '',
      )
  },
})

const OF_OPENID = new Set(['profile', 'email'])

/**
 * Nobody is asked for consent: the administrator has given it, as for an organisation's own applications at Okta.
 * @throws AccessDenied when the policy gives this person less than was asked for
 */
export const createGrantLoader = (audience: string) =>
  async function loadExistingGrant({ oidc }: KoaContextWithOIDC) {
    const { provider, session, client, params } = oidc
    if (!session?.accountId || !client) return undefined
    const { accountId } = session
    const denied =
      findUser(accountId)?.deniedScopes.filter((one) => scopesIn(params?.scope).includes(one)) ?? []
    if (denied.length > 0)
      throw new errors.AccessDenied(
        `Some of the requested scopes were denied by the policy. Denied scopes: [${denied.join(', ')}].`,
      )
    const known = session.grantIdFor(client.clientId)
    const grant =
      (known && (await provider.Grant.find(known))) ||
      new provider.Grant({ accountId, clientId: client.clientId })
    grant.addOIDCScope(String(params?.scope))
    grant.addResourceScope(audience, String(params?.scope))
    await grant.save()
    return grant
  }
