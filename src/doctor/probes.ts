import { createDpopProofSigner } from './dpop-proof-signer.ts'
import { createHttpProbe, type HttpProbe, type ProbeFailure, type ProbeResponse } from './http-probe.ts'
import type { ServerChecks } from './server-checks.ts'
import type { ConfiguredClient, Setup } from './setup.ts'
import { createTokenEndpoint, type TokenEndpointResult } from './token-endpoint.ts'

/** What several checks ask is asked once. */
export type Probes = {
  readonly request: HttpProbe
  /** OpenID Connect Discovery 1.0 §4. */
  readonly fetchDiscovery: () => Promise<ProbeResponse | ProbeFailure>
  readonly requestToken: (client: ConfiguredClient, scope: string) => Promise<TokenEndpointResult>
  readonly exchangeInvalidCode: (
    client: ConfiguredClient,
    redirectUri: string,
  ) => Promise<TokenEndpointResult>
  readonly isDpopRequired: () => boolean
}

export type CheckContext = {
  readonly setup: Setup
  readonly serverChecks: ServerChecks
  readonly probes: Probes
}

export function createProbes({ issuer }: Setup, { clock, probeLimits }: ServerChecks): Probes {
  const ask = createHttpProbe(clock, probeLimits)
  const endpoint = createTokenEndpoint(`${issuer}/v1/token`, ask, createDpopProofSigner(), clock)
  const discovery = remembered(() => ask(`${issuer}/.well-known/openid-configuration`))
  const tokenFor = remembered((key: string) => {
    const [client, scope] = JSON.parse(key) as [ConfiguredClient, string]
    return endpoint.requestToken(client, scope)
  })
  return {
    request: ask,
    fetchDiscovery: () => discovery(''),
    requestToken: (client, scope) => tokenFor(JSON.stringify([client, scope])),
    exchangeInvalidCode: endpoint.exchangeInvalidCode,
    isDpopRequired: endpoint.isDpopRequired,
  }
}

function remembered<Answer>(ask: (key: string) => Promise<Answer>): (key: string) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>()
  return function rememberedAsk(key) {
    const answer = answers.get(key) ?? ask(key)
    answers.set(key, answer)
    return answer
  }
}
