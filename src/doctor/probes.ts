import { createHttpProbe, type ProbeResponse } from './http-probe.ts'
import type { ConfiguredClient, Setup } from './setup.ts'
import { createTokenEndpoint, type TokenResult } from './token-endpoint.ts'

/** What a check works on: the set-up, and the requests to send. */
export type CheckContext = Setup & ReturnType<typeof createProbes>

/** Creates the requests that checks send. Discovery and token requests are cached, so that checks can share a response. */
export function createProbes(setup: Setup) {
  const request = createHttpProbe(setup.clock, setup.timeoutMs)
  const tokenEndpoint = createTokenEndpoint(setup, request)
  const tokens = new Map<string, Promise<TokenResult>>()
  let discovery: Promise<ProbeResponse> | undefined
  return {
    ...tokenEndpoint,
    request,
    /** OpenID Connect Discovery 1.0 §4. */
    fetchDiscovery() {
      discovery ??= request(`${setup.issuer}/.well-known/openid-configuration`)
      return discovery
    },
    requestToken(client: ConfiguredClient, scope: string) {
      const token = tokens.get(scope) ?? tokenEndpoint.requestToken(client, scope)
      tokens.set(scope, token)
      return token
    },
  }
}
