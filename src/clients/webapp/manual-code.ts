import type { FastifyReply } from 'fastify'
import type { OidcClient } from './oidc-client.ts'
import { PageError } from './page-error.ts'
import type { PendingSignIns } from './pending-sign-ins.ts'
import { renderPage } from './render.ts'
import { readTextField } from './text-field.ts'

export type ManualCodeOptions = {
  readonly oidcClient: OidcClient
  readonly pendingSignIns: PendingSignIns
  readonly getOrigin: () => string
  readonly client: { readonly id: string; readonly secret: string }
  readonly isClientSecretPublic: boolean
  readonly isProduction: boolean
  /** The API's origin. */
  readonly apiUrl: string
}

/** A code that is safe to put into a shell command. */
const SHELL_SAFE_CODE = /^[\w.~-]{1,512}$/

/**
 * Handles a callback without a pending sign-in. Outside production it shows the code with the command that exchanges it,
 * for authorize URLs that were entered by hand. It never signs anyone in.
 * @throws PageError `unknownSignIn` in production, and for a sign-in that was started by this application
 */
export async function renderManualCode(
  reply: FastifyReply,
  { pendingSignIns, oidcClient, client, ...options }: ManualCodeOptions,
): Promise<FastifyReply> {
  const { query, url } = reply.request
  const code = readTextField(query, 'code')
  const isOwnState = pendingSignIns.isOwnState(readTextField(query, 'state'))
  if (options.isProduction || isOwnState || !SHELL_SAFE_CODE.test(code)) throw new PageError('unknownSignIn')
  const path = url.split('?', 1)[0]
  const redirectUri = `${options.getOrigin()}${path === '/' ? '' : path}`
  const secret = options.isClientSecretPublic ? client.secret : '{YOUR_CLIENT_SECRET}'
  const exchangeCommand = [
    `curl -s ${await oidcClient.getTokenEndpoint()}`,
    `-u '${client.id}:${secret}'`,
    '-d grant_type=authorization_code',
    `-d code=${code}`,
    `--data-urlencode redirect_uri=${redirectUri}`,
  ].join(' \\\n  ')
  const readCommand = `curl -s ${options.apiUrl}/books/1 -H 'authorization: Bearer {ACCESS_TOKEN}'`
  const title = 'Your authorization code'
  return renderPage(reply, 'manual-code', { title, code, exchangeCommand, readCommand })
}
