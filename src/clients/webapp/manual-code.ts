import type { FastifyReply, FastifyRequest } from 'fastify'
import type { OidcClient } from './oidc-client.ts'
import { PageError } from './page-error.ts'
import type { PendingSignIns } from './pending-sign-ins.ts'
import { renderPage } from './render.ts'
import { readTextField } from './text-field.ts'

type ManualCodeOptions = {
  readonly oidcClient: OidcClient
  readonly pendingSignIns: PendingSignIns
  readonly client: { readonly id: string; readonly secret: string }
  /** True for the embedded client, whose secret is documented. */
  readonly isClientSecretPublic: boolean
  readonly isProduction: boolean
  readonly getOrigin: () => string
  readonly apiUrl: string
}

/** A code that is safe to put into a shell command. */
const SHELL_SAFE_CODE = /^[\w.~-]{1,512}$/

/**
 * Creates the handler for callbacks of unknown sign-ins. Outside production it shows the code with the command that
 * exchanges it, for authorize URLs that were entered by hand. It never signs anyone in.
 * @throws (the handler) PageError `unknownSignIn` in production, and for a sign-in that is pending in another browser
 */
export function createManualCodeHandler({
  oidcClient,
  pendingSignIns,
  client,
  isClientSecretPublic,
  isProduction,
  getOrigin,
  apiUrl,
}: ManualCodeOptions) {
  return async function showManualCode(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const code = readTextField(request.query, 'code')
    const isPendingElsewhere = await pendingSignIns.isPending(readTextField(request.query, 'state'))
    if (isProduction || isPendingElsewhere || !SHELL_SAFE_CODE.test(code))
      throw new PageError('unknownSignIn')
    const path = request.url.split('?', 1)[0]
    const redirectUri = `${getOrigin()}${path === '/' ? '' : path}`
    const secret = isClientSecretPublic ? client.secret : '{YOUR_CLIENT_SECRET}'
    const exchangeCommand = [
      `curl -s ${await oidcClient.getTokenEndpoint()}`,
      `-u '${client.id}:${secret}'`,
      '-d grant_type=authorization_code',
      `-d code=${code}`,
      `--data-urlencode redirect_uri=${redirectUri}`,
    ].join(' \\\n  ')
    const readCommand = `curl -s ${apiUrl}/books/1 -H 'authorization: Bearer {ACCESS_TOKEN}'`
    const title = 'Your authorization code'
    return renderPage(request, reply, 'manual-code', { title, code, exchangeCommand, readCommand })
  }
}
