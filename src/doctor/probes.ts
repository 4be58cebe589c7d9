import { createProve } from './dpop-proof-signer.ts'
import { type Ask, createAsk, type Heard, type Trouble } from './http-probe.ts'
import type { Tools } from './server-checks.ts'
import type { Client, Setup } from './setup.ts'
import { createTokenEndpoint, type TokenAnswer } from './token-endpoint.ts'

/** What several checks ask is asked once. */
export type Questions = {
  readonly ask: Ask
  /** OpenID Connect Discovery 1.0 §4. */
  readonly discovery: () => Promise<Heard | Trouble>
  readonly tokenFor: (client: Client, scope: string) => Promise<TokenAnswer>
  readonly exchangeNothing: (client: Client, redirectUri: string) => Promise<TokenAnswer>
  readonly wantsProof: () => boolean
}

export type Examined = { readonly setup: Setup; readonly tools: Tools; readonly questions: Questions }

export function createQuestions({ issuer }: Setup, { clock, bounds }: Tools): Questions {
  const ask = createAsk(clock, bounds)
  const endpoint = createTokenEndpoint(`${issuer}/v1/token`, ask, createProve(), clock)
  const discovery = remembered(() => ask(`${issuer}/.well-known/openid-configuration`))
  const tokenFor = remembered((key: string) => {
    const [client, scope] = JSON.parse(key) as [Client, string]
    return endpoint.clientCredentials(client, scope)
  })
  return {
    ask,
    discovery: () => discovery(''),
    tokenFor: (client, scope) => tokenFor(JSON.stringify([client, scope])),
    exchangeNothing: endpoint.exchangeNothing,
    wantsProof: endpoint.wantsProof,
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
