import { DPOP_SIGNING_ALGORITHMS } from '../auth/dpop-proof.ts'
import { createJsonResponse, type Route } from '../lib/http-messages.ts'
import type { DeclaredScope } from '../scopes/index.ts'

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

/** Where challenges point a client to. RFC 9728 §3.1: the well-known name stands in front of the resource's own path. */
function metadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource)
  return `${origin}${WELL_KNOWN}${pathname === '/' ? '' : pathname}`
}

let last = { resource: '', url: '' }
/** The same, worked out once: a resource stays what it is. */
export function getMetadataUrl(resource: string): string {
  if (last.resource !== resource) last = { resource, url: metadataUrl(resource) }
  return last.url
}

/**
 * RFC 9728 §2: what a client must know to get a token for this API, and how to send it. Where the public URL has a path,
 * it is answered under the whole well-known path too, for a proxy that hands that on as it is.
 * @param getResourceUrl the API's public URL; empty until it is known, when it was not set
 */
export function createMetadataRoutes(
  getResourceUrl: () => string,
  issuer: string,
  scopes: readonly DeclaredScope[],
): Route[] {
  const answer = async () =>
    createJsonResponse(
      200,
      {
        resource: getResourceUrl(),
        authorization_servers: [issuer],
        scopes_supported: scopes.map((scope) => scope.name),
        bearer_methods_supported: ['header'],
        resource_name: 'FakeBook API',
        tls_client_certificate_bound_access_tokens: false,
        dpop_signing_alg_values_supported: DPOP_SIGNING_ALGORITHMS,
        dpop_bound_access_tokens_required: false,
      },
      { 'cache-control': 'public, max-age=3600' },
    )
  const set = getResourceUrl()
  const urls = new Set([WELL_KNOWN, ...(set === '' ? [] : [new URL(metadataUrl(set)).pathname])])
  return [...urls].map((url) => ({ method: 'GET', url, allowsAnyOrigin: true, handler: answer }))
}
