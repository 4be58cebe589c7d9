import { createHash } from 'node:crypto'
import { AGATHA } from '../demo-accounts.ts'
import { createRedirectFollower } from './redirect-follower.ts'

export const REDIRECT_URI = 'http://localhost:7001/callback'
const VERIFIER = 'a-verifier-of-forty-three-characters-or-more-0'
export const USER_SCOPE = 'openid profile email offline_access fakebookapi.read'
const SECRET = { authorization: `Basic ${btoa('fakebook-webapp:fakebook-webapp-secret')}` }

/** A request of the web app; an empty change leaves a parameter out. */
export function authorizeUrl(issuer: string, changes: Readonly<Record<string, string>> = {}): string {
  const parameters = {
    client_id: 'fakebook-webapp',
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: USER_SCOPE,
    state: 's1',
    nonce: 'n1',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  }
  const given = Object.entries(parameters).filter(([, value]) => value !== '')
  return `${issuer}/v1/authorize?${new URLSearchParams(given)}`
}

/** Calls an endpoint of the issuer as the web app, unless other headers are given. */
export async function callEndpoint(
  issuer: string,
  path: string,
  parameters: Readonly<Record<string, string>>,
  headers: Record<string, string> = SECRET,
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

/** A person who signs in; what came back to the application. */
export async function signIn(
  issuer: string,
  changes: Readonly<Record<string, string>> = {},
  person = AGATHA,
  follow = createRedirectFollower(issuer),
): Promise<Record<string, string>> {
  const { at } = await follow(authorizeUrl(issuer, changes))
  const end = await follow(at, { method: 'POST', body: new URLSearchParams(person) })
  return Object.fromEntries(new URL(end.at).searchParams)
}

export const exchangeCode = (issuer: string, code = '', changes: Record<string, string> = {}) =>
  callEndpoint(issuer, 'token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: VERIFIER,
    ...changes,
  })

export const refreshTokens = (issuer: string, refresh_token = '', changes: Record<string, string> = {}) =>
  callEndpoint(issuer, 'token', { grant_type: 'refresh_token', refresh_token, ...changes })
