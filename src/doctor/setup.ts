import type { KeyObject } from 'node:crypto'
import type { Clock } from '../lib/clock.ts'

/** An OAuth client from the settings. A client with neither a secret nor a private key (PEM or JWK) is public. */
export type ConfiguredClient = {
  readonly id: string
  readonly secret?: string | undefined
  readonly privateKey?: string | undefined
}

export type ListenPort = {
  readonly settingName: string
  readonly port: number
  readonly host: string
  readonly path: string
  /** A text in the response at `path` by which this project is recognized. */
  readonly content: string
}

/** The state of a database, inspected without changing it. */
type DatabaseState =
  | { readonly state: 'memory' }
  | { readonly state: 'absent' | 'current' | 'older'; readonly location: string }
  | { readonly state: 'newer'; readonly names: readonly string[] }
  | {
      readonly state: 'cannot open' | 'damaged' | 'read-only' | 'unavailable' | 'standby' | 'forbidden'
      readonly description: string
    }

/** The settings to check, and the API's own functions, which are injected: doctor imports no server code. */
export type Setup = {
  /** Without a trailing slash. */
  readonly issuer: string
  /** True if OKTA_ISSUER is not set, so that the embedded authorization server is used. */
  readonly isEmbedded: boolean
  /** False if JWKS_URL is set: doctor knows the endpoints and the errors of Okta only. */
  readonly isOkta: boolean
  readonly jwksUrl: string
  readonly audience: string
  /** The names of the claims that may list a token's scopes; the first one present counts. */
  readonly scopeClaims: readonly string[]
  /** The scopes that the schema declares. */
  readonly apiScopes: readonly string[]
  /** A client that is undefined is not checked. */
  readonly job: ConfiguredClient | undefined
  readonly webapp: { readonly client: ConfiguredClient | undefined; readonly redirectUri: string }
  readonly ide: { readonly client: ConfiguredClient | undefined; readonly redirectUri: string }
  readonly ports: readonly ListenPort[]
  readonly databaseUrl: string
  readonly redisUrl: string | undefined
  readonly nodeVersion: string
  readonly clock: Pick<Clock, 'now'>
  readonly clockToleranceSeconds: number
  readonly timeoutMs: number
  /** Returns the usable keys of a JWKS. Throws if there is none. */
  readonly parseJwks: (document: unknown) => ReadonlyMap<string, KeyObject>
  /** Verifies a token as the API does. Rejects with an `ApiError`. */
  readonly verifyToken: (token: string) => Promise<{ scopes: ReadonlySet<string>; jkt?: string | undefined }>
  /** Verifies header, key and signature of a token, but no claims. Rejects with an `ApiError`. */
  readonly verifySignature: (token: string) => Promise<void>
  /** Lists the protected fields of the schema: those that the scopes allow, and the others with the scopes that they require. */
  readonly listFieldAccess: (scopes: readonly string[]) => { allowed: string[]; denied: string[] }
  readonly inspectDatabase: (url: string) => Promise<DatabaseState>
  /** Rejects if Redis does not answer. */
  readonly inspectRedis: (url: string) => Promise<{ version: string | undefined; policy: string | undefined }>
}

/** Returns the path segment after `/oauth2/` of an issuer, which is the authorization server's name at Okta. */
export const authorizationServerName = (issuer: string): string =>
  URL.parse(issuer)?.pathname.split('/')[2] || 'default'
