import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'

const audience = 'api://default'
export const READ = 'fakebookapi.read'
export const ADMIN = 'fakebookapi.admin'

export interface Caller {
  readonly scopes: readonly string[]
  /** Seconds since the epoch. */
  readonly expires: number
}

/** Returns the caller that an Authorization header speaks for. Throws what the peer refuses with. */
export type Authenticate = (header: string | undefined) => Promise<Caller>

/** How a peer says no: each library has errors of its own. */
export interface Refusals {
  unauthenticated(): Error
  forbidden(): Error
}

/**
 * Returns the check that a plain server does: signature, algorithm, issuer, audience, times.
 * The keys are fetched once and kept by jose.
 */
export function createAuthenticate(issuer: string, { unauthenticated }: Refusals): Authenticate {
  const keys = createRemoteJWKSet(new URL(`${issuer}/v1/keys`))
  return async function authenticate(header) {
    if (header?.startsWith('Bearer ') !== true) throw unauthenticated()
    const token = header.slice('Bearer '.length)
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256'] })
      return { scopes: scopesOf(payload), expires: payload.exp ?? 0 }
    } catch {
      throw unauthenticated()
    }
  }
}

/** Returns what throws where a caller was not granted a scope. */
export function createDemand({ forbidden }: Refusals): (caller: Caller, scope: string) => void {
  return function demand(caller, scope) {
    if (!caller.scopes.includes(scope)) throw forbidden()
  }
}

function scopesOf(payload: JWTPayload): readonly string[] {
  return Array.isArray(payload.scp) ? payload.scp.filter((item) => typeof item === 'string') : []
}
