import { createHash } from 'node:crypto'
import { AGATHA } from '../demo-accounts.ts'
import { createIssuerClient } from './issuer-client.ts'

export const REDIRECT_URI = 'http://localhost:7001/callback'
export const CODE_VERIFIER = 'a-verifier-of-forty-three-characters-or-more-0'
export const USER_SCOPE = 'openid profile email offline_access fakebookapi.read'

export const basicCredentials = (id: string, secret = `${id}-secret`) => ({
  authorization: `Basic ${btoa(`${id}:${secret}`)}`,
})

/** Builds an authorize URL of the web app. An empty change removes a parameter. */
export function authorizeUrl(issuer: string, changes: Readonly<Record<string, string>> = {}): string {
  const parameters = {
    client_id: 'fakebook-webapp',
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: USER_SCOPE,
    state: 's1',
    nonce: 'n1',
    code_challenge: createHash('sha256').update(CODE_VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  }
  const present = Object.entries(parameters).filter(([, value]) => value !== '')
  return `${issuer}/v1/authorize?${new URLSearchParams(present)}`
}

/** Posts a form to an endpoint of the issuer, by default with the web app's credentials. */
export async function callEndpoint(
  issuer: string,
  path: string,
  parameters: Readonly<Record<string, string>>,
  headers: Record<string, string> = basicCredentials('fakebook-webapp'),
) {
  const body = new URLSearchParams(parameters)
  const response = await fetch(`${issuer}/v1/${path}`, { method: 'POST', headers, body })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    json: (text === '' ? {} : JSON.parse(text)) as Record<string, string>,
  }
}

/** Signs a user in and returns the parameters of the authorization response. */
export async function signIn(
  issuer: string,
  changes: Readonly<Record<string, string>> = {},
  account = AGATHA,
  visit = createIssuerClient(issuer),
): Promise<Record<string, string>> {
  const form = await visit(authorizeUrl(issuer, changes))
  const response = await visit(form.url, { method: 'POST', body: new URLSearchParams(account) })
  return Object.fromEntries(new URL(response.url).searchParams)
}

export const exchangeCode = (issuer: string, code = '', changes: Record<string, string> = {}) =>
  callEndpoint(issuer, 'token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: CODE_VERIFIER,
    ...changes,
  })

export const refreshTokens = (issuer: string, refresh_token = '', changes: Record<string, string> = {}) =>
  callEndpoint(issuer, 'token', { grant_type: 'refresh_token', refresh_token, ...changes })
