import { GraphQLError } from 'graphql'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'

const audience = 'api://default'
const scope = 'fakebookapi.read'

export interface Caller {
  readonly scopes: readonly string[]
  /** Seconds since the epoch. */
  readonly expires: number
}

/** Returns the token of an Authorization header; throws UNAUTHENTICATED, HTTP 401. */
export function bearerToken(header: string | undefined): string {
  if (header?.startsWith('Bearer ') !== true) throw unauthenticated()
  return header.slice('Bearer '.length)
}

/**
 * Returns the verification that a plain server does: signature, algorithm, issuer, audience, times.
 * The keys are fetched once and kept by jose. Throws UNAUTHENTICATED, HTTP 401.
 */
export function createVerify(issuer: string): (token: string) => Promise<Caller> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/v1/keys`))
  return async function verify(token) {
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256'] })
      return { scopes: scopesOf(payload), expires: payload.exp ?? 0 }
    } catch {
      throw unauthenticated()
    }
  }
}

/** Throws FORBIDDEN where the caller was not granted the scope that reads books. */
export function demandRead(caller: Caller): void {
  if (!caller.scopes.includes(scope)) {
    throw new GraphQLError('Not allowed', { extensions: { code: 'FORBIDDEN' } })
  }
}

function scopesOf(payload: JWTPayload): readonly string[] {
  return Array.isArray(payload.scp) ? payload.scp.filter((item) => typeof item === 'string') : []
}

function unauthenticated(): GraphQLError {
  return new GraphQLError('Not signed in', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
  })
}
