import { jsonAnswer, type Route } from '../exchange.ts'
import type { DeclaredScope } from '../scopes/rules.ts'

const PATH = '/.well-known/oauth-protected-resource'

/** Where challenges point a client to. */
export const metadataUrl = (resource: string) => `${resource}${PATH}`

/** RFC 9728 §2: what a client must know to get a token for this API. `resource` is the API's public URL. */
export function metadataRoute(
  resource: () => string,
  issuer: string,
  scopes: readonly DeclaredScope[],
): Route {
  const answer = () =>
    jsonAnswer(
      200,
      {
        resource: resource(),
        authorization_servers: [issuer],
        scopes_supported: scopes.map((scope) => scope.name),
        bearer_methods_supported: ['header'],
        resource_name: 'FakeBook API',
      },
      { 'cache-control': 'public, max-age=3600', 'access-control-allow-origin': '*' },
    )
  return { method: 'GET', url: PATH, answer: async () => answer() }
}
