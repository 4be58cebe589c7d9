import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Provider } from 'oidc-provider'
import { signInPage } from './pages.ts'
import { signIn } from './registry.ts'

export const SIGN_IN = '/sign-in/'

/** The page where a person signs in. Nobody is asked for consent, as for Okta's own applications. */
export async function answerSignIn(provider: Provider, request: IncomingMessage, response: ServerResponse) {
  const interaction = await provider.interactionDetails(request, response)
  if (interaction.prompt.name === 'consent') {
    const grant = new provider.Grant({
      accountId: interaction.session?.accountId ?? '',
      clientId: String(interaction.params.client_id),
    })
    grant.addOIDCScope(String(interaction.params.scope))
    grant.addResourceScope(String(interaction.params.resource ?? ''), String(interaction.params.scope))
    const consent = { grantId: await grant.save() }
    return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true })
  }
  const form = new URLSearchParams(request.method === 'POST' ? await text(request) : '')
  const accountId = signIn(form.get('login') ?? '', form.get('password') ?? '')
  if (accountId) return provider.interactionFinished(request, response, { login: { accountId } })
  const wrong = request.method === 'POST'
  response.writeHead(wrong ? 401 : 200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  })
  response.end(signInPage(wrong))
}
