import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { CompactSign } from 'jose'
import { createAccessTokenClaims, createSigningKey } from '../stub-issuer.ts'

/** A response of the stub. The default status is 200; the body is JSON unless `text` is set. */
export type OktaReply = {
  readonly status?: number
  readonly json?: unknown
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Leaves the body unfinished. */
  readonly neverEnds?: boolean
}

/** Responses that differ from those of a correctly configured server. */
export type OktaOverrides = {
  readonly discovery?: OktaReply
  readonly metadata?: OktaReply
  readonly keys?: OktaReply
  readonly token?: (form: URLSearchParams, request: IncomingMessage) => OktaReply | undefined
  readonly authorize?: (query: URLSearchParams) => OktaReply | undefined
  /** Claims added to every token. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Replaces every access token. */
  readonly accessToken?: string
}

export const oauthErrorReply = (status: number, error: string, error_description: string): OktaReply => ({
  status,
  json: { error, error_description },
})

const PATH = '/oauth2/default'

/** Starts a server that responds as Okta documents, except for `state.overrides`. */
export async function startStubOkta() {
  const key = await createSigningKey('k1')
  const state = { overrides: {} as OktaOverrides, requestedPaths: [] as string[] }
  const respond = async (request: IncomingMessage): Promise<OktaReply> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', url)
    const { overrides } = state
    state.requestedPaths.push(pathname)
    if (pathname === `${PATH}/.well-known/openid-configuration`)
      return overrides.discovery ?? { json: { issuer: url } }
    if (pathname === `${PATH}/.well-known/oauth-authorization-server`)
      return overrides.metadata ?? { json: { issuer: url } }
    if (pathname === `${PATH}/v1/keys`) return overrides.keys ?? { json: { keys: [key.jwk] } }
    if (pathname === `${PATH}/v1/authorize`)
      return overrides.authorize?.(searchParams) ?? redirectWithError(searchParams)
    if (pathname !== `${PATH}/v1/token`) return { status: 404, text: '' }
    const form = new URLSearchParams(await text(request))
    return overrides.token?.(form, request) ?? tokenFor(form)
  }
  const tokenFor = async (form: URLSearchParams): Promise<OktaReply> => {
    if (form.get('grant_type') === 'authorization_code')
      return oauthErrorReply(400, 'invalid_grant', 'The authorization code is invalid or has expired.')
    const scp = (form.get('scope') ?? '').split(' ')
    if (scp.includes('openid'))
      return oauthErrorReply(400, 'invalid_scope', "Cannot request 'openid' scopes using client credentials.")
    const access_token = state.overrides.accessToken ?? (await signToken({ scp, ...state.overrides.claims }))
    return { json: { token_type: 'Bearer', expires_in: 3600, access_token, scope: scp.join(' ') } }
  }
  const server = createServer((request, response) => {
    respond(request).then(
      (reply) => send(response, reply),
      () => response.destroy(),
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const url = `${origin}${PATH}`
  const signToken = (changes: object, header: object = {}) =>
    new CompactSign(Buffer.from(JSON.stringify({ ...createAccessTokenClaims(url, '0oajob'), ...changes })))
      .setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header })
      .sign(key.privateKey)
  return {
    origin,
    url,
    state,
    sign: signToken,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

export type StubOkta = Awaited<ReturnType<typeof startStubOkta>>

function send(
  response: ServerResponse,
  { status = 200, json, text: body, headers = {}, neverEnds = false }: OktaReply,
): void {
  const type = body === undefined ? 'application/json' : 'text/html'
  response.writeHead(status, { 'content-type': type, 'access-control-allow-origin': '*', ...headers })
  response.write(body ?? JSON.stringify(json ?? {}))
  if (!neverEnds) response.end()
}

const PKCE_REQUIRED = {
  code: 'invalid_request',
  description: "PKCE code challenge is required when the token endpoint authentication method is 'NONE'.",
}
const LOGIN_REQUIRED = {
  code: 'login_required',
  description: 'The client specified not to prompt, but the user is not logged in.',
}

/**
 * Redirects to the app with an error: the given one, or `login_required`, since no user is signed in. A public client
 * without PKCE is rejected before that. The texts are Okta's.
 */
export function redirectWithError(
  query: URLSearchParams,
  error?: { readonly code: string; readonly description: string },
): OktaReply {
  const lacksPkce = query.get('client_id') === '0oaide' && !query.has('code_challenge')
  const { code, description } = error ?? (lacksPkce ? PKCE_REQUIRED : LOGIN_REQUIRED)
  const parameters = new URLSearchParams({
    state: query.get('state') ?? '',
    error: code,
    error_description: description,
  })
  return { status: 302, text: '', headers: { location: `${query.get('redirect_uri')}?${parameters}` } }
}

/** Okta's error page, which it shows if it cannot redirect to the app. */
export const oktaErrorPage = (message: string): OktaReply => ({
  status: 400,
  text: `<!DOCTYPE html><title>Error</title><h1>400</h1><p>${message.replaceAll("'", '&#39;')}</p>`,
})
