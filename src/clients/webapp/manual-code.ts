import type { FastifyReply, FastifyRequest } from 'fastify'
import type { OidcClient } from './oidc-client.ts'
import { PageError } from './page-error.ts'
import type { PendingSignIns } from './pending-sign-ins.ts'
import { readTextField, renderPage } from './render.ts'

type Parts = {
  readonly oidcClient: OidcClient
  readonly pendingSignIns: PendingSignIns
  readonly client: { readonly id: string; readonly secret: string }
  /** Whether everybody knows the client's secret. */
  readonly isClientSecretPublic: boolean
  readonly isProduction: boolean
  readonly getOrigin: () => string
  readonly apiUrl: string
}

/** What a code may consist of, so that a line for the shell holds it and nothing else. */
const CODE = /^[\w.~-]{1,512}$/

/**
 * What came back although nobody began it here. Outside production that may be the seed's road, where the authorize
 * URL is typed by hand: the code is shown, with the line that exchanges it. Nobody is signed in by it.
 */
export function createManualCodeHandler({
  oidcClient,
  pendingSignIns,
  client,
  isClientSecretPublic,
  isProduction,
  getOrigin,
  apiUrl,
}: Parts) {
  return async function showUnknown(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const [code, state] = ['code', 'state'].map((name) => readTextField(request.query, name))
    const others = await pendingSignIns.isPending(state ?? '')
    if (isProduction || others || code === undefined || !CODE.test(code)) throw new PageError('unknownSignIn')
    const path = request.url.split('?', 1)[0]
    const redirectUri = `${getOrigin()}${path === '/' ? '' : path}`
    const secret = isClientSecretPublic ? client.secret : '{YOUR_CLIENT_SECRET}'
    const curl = [
      `curl -s ${await oidcClient.getTokenEndpoint()}`,
      `-u '${client.id}:${secret}'`,
      '-d grant_type=authorization_code',
      `-d code=${code}`,
      `--data-urlencode redirect_uri=${redirectUri}`,
    ].join(' \\\n  ')
    const next = `curl -s ${apiUrl}/books/1 -H 'authorization: Bearer {ACCESS_TOKEN}'`
    return renderPage(request, reply, 'manual-code', { title: 'Your authorization code', code, curl, next })
  }
}
