import { createRemoteJWKSet, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'

const AUDIENCE = 'api://default'
export const READ = 'fakebookapi.read'
export const ADMIN = 'fakebookapi.admin'

export interface Caller {
  readonly scopes: readonly string[]
  /** Seconds since the epoch. */
  readonly expiresAt: number
}

/** Verifies an Authorization header. @throws the peer's error for an unauthenticated request */
export type Authenticate = (header: string | undefined) => Promise<Caller>

/** The errors of a peer's library. */
export interface PeerErrors {
  unauthenticated(): Error
  forbidden(): Error
}

const { PORT, OKTA_ISSUER: issuer } = process.env
if (PORT === undefined || issuer === undefined) throw new Error('PORT and OKTA_ISSUER are required')

/** The address that a peer listens on. */
export const listenOptions = { port: Number(PORT), host: '127.0.0.1' }

/** Checks signature, algorithm, issuer, audience and times. jose fetches the keys once. */
export function createAuthenticate({ unauthenticated }: PeerErrors): Authenticate {
  const keys = createRemoteJWKSet(new URL(`${issuer}/v1/keys`))
  const options = { issuer: issuer as string, audience: AUDIENCE, algorithms: ['RS256'] }
  return async function authenticate(header) {
    if (!header?.startsWith('Bearer ')) throw unauthenticated()
    try {
      const { payload } = await jwtVerify(header.slice('Bearer '.length), keys, options)
      return { scopes: payload.scp as string[], expiresAt: payload.exp ?? 0 }
    } catch {
      throw unauthenticated()
    }
  }
}

/** Caches callers by header until the token expires. Failures are not cached. */
export function cacheCallers(authenticate: Authenticate): Authenticate {
  const callers = new LRUCache<string, Caller>({ max: 1000 })
  return async function authenticateCached(header) {
    const cached = header === undefined ? undefined : callers.get(header)
    if (cached && cached.expiresAt * 1000 > Date.now()) return cached
    const caller = await authenticate(header)
    if (header !== undefined) callers.set(header, caller)
    return caller
  }
}

/** Returns a check that throws when a caller lacks a scope. */
export function createRequireScope({ forbidden }: PeerErrors): (caller: Caller, scope: string) => void {
  return function requireScope(caller, scope) {
    if (!caller.scopes.includes(scope)) throw forbidden()
  }
}
