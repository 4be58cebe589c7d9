import { DPOP_SIGNING_ALGORITHMS } from '../auth/dpop-proof.ts'
import { createJsonResponse, type Route } from '../lib/http-messages.ts'
import type { DeclaredScope } from '../scopes/index.ts'

const WELL_KNOWN_PATH = '/.well-known/oauth-protected-resource'

/** Returns the URL of a resource's metadata: the well-known path goes in front of the resource's path (RFC 9728 §3.1). */
export function toMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource)
  return `${origin}${WELL_KNOWN_PATH}${pathname === '/' ? '' : pathname}`
}

type MetadataOptions = {
  /** API_URL. Undefined: the API's URL is known only when the server listens. */
  readonly configuredUrl: string | undefined
  readonly getApiUrl: () => string
  readonly issuer: string
  readonly declaredScopes: readonly DeclaredScope[]
  readonly isDpopRequired: boolean
}

/**
 * Returns the routes of the protected resource's metadata (RFC 9728 §2), from which clients learn which authorization
 * server to use and which scopes to ask for. If the public URL has a path, the metadata is also served under the full
 * well-known path, for a proxy that forwards paths unchanged.
 */
export function createMetadataRoutes(options: MetadataOptions): Route[] {
  const { configuredUrl, getApiUrl, issuer, declaredScopes, isDpopRequired } = options
  const createMetadata = () => ({
    resource: getApiUrl(),
    authorization_servers: [issuer],
    scopes_supported: declaredScopes.map((scope) => scope.name),
    bearer_methods_supported: ['header'],
    resource_name: 'FakeBook API',
    tls_client_certificate_bound_access_tokens: false,
    dpop_signing_alg_values_supported: DPOP_SIGNING_ALGORITHMS,
    dpop_bound_access_tokens_required: isDpopRequired,
  })
  const handler = async () =>
    createJsonResponse(200, createMetadata(), { 'cache-control': 'public, max-age=3600' })
  const paths = new Set([WELL_KNOWN_PATH])
  if (configuredUrl !== undefined) paths.add(new URL(toMetadataUrl(configuredUrl)).pathname)
  return [...paths].map((url) => ({ method: 'GET', url, allowsAnyOrigin: true, handler }))
}
