import { createRemoteJwksSigningKeyProvider, defineConfig } from '@graphql-hive/gateway'

const { OKTA_ISSUER = 'http://localhost:4400/oauth2/default', OKTA_AUDIENCE = 'api://default' } = process.env

export const gatewayConfig = defineConfig({
  // Verifies the token. A request without one may select what has no rule; the API verifies the token again.
  jwt: {
    signingKeyProviders: [createRemoteJwksSigningKeyProvider({ jwksUri: `${OKTA_ISSUER}/v1/keys` })],
    tokenVerification: { issuer: OKTA_ISSUER, audience: OKTA_AUDIENCE, algorithms: ['RS256'] },
    reject: { missingToken: false, invalidToken: true },
  },
  // Applies the @requiresScopes and @authenticated of the supergraph, before any subgraph is called.
  genericAuth: {
    mode: 'protect-granular',
    resolveUserFn: ({ jwt }) => jwt?.payload,
    extractScopes: (claims) => claims?.scp ?? [],
  },
  // Forwards the token to the API alone, which it is for: the API applies its rules itself.
  propagateHeaders: {
    fromClientToSubgraphs: ({ request, subgraphName }) =>
      subgraphName === 'books' ? { authorization: request.headers.get('authorization') } : {},
  },
})
