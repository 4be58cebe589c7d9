import { createHttpProbe, type HttpProbe, type ProbeFailure, type ProbeResponse } from './http-probe.ts'
import type { ServerChecks } from './server-checks.ts'
import type { ConfiguredClient, Setup } from './setup.ts'
import { createTokenEndpoint, type TokenEndpoint, type TokenEndpointResult } from './token-endpoint.ts'

/** The requests that checks send. Discovery and token requests are cached, so that several checks can share a response. */
export type Probes = TokenEndpoint & {
  readonly request: HttpProbe
  /** OpenID Connect Discovery 1.0 §4. */
  readonly fetchDiscovery: () => Promise<ProbeResponse | ProbeFailure>
}

export type CheckContext = {
  readonly setup: Setup
  readonly serverChecks: ServerChecks
  readonly probes: Probes
}

export function createProbes({ issuer }: Setup, { clock, probeLimits }: ServerChecks): Probes {
  const request = createHttpProbe(clock, probeLimits)
  const endpoint = createTokenEndpoint(`${issuer}/v1/token`, request, clock)
  const tokens = new Map<string, Promise<TokenEndpointResult>>()
  let discovery: Promise<ProbeResponse | ProbeFailure> | undefined
  return {
    ...endpoint,
    request,
    fetchDiscovery() {
      discovery ??= request(`${issuer}/.well-known/openid-configuration`)
      return discovery
    },
    requestToken(client: ConfiguredClient, scope: string) {
      const key = JSON.stringify([client, scope])
      const token = tokens.get(key) ?? endpoint.requestToken(client, scope)
      tokens.set(key, token)
      return token
    },
  }
}
