import { LRUCache } from 'lru-cache'
import type { Adapter, AdapterPayload, ClientMetadata } from 'oidc-provider'

const MAX_ENTRIES = 10_000
/** Okta's grace for a client that did not get its new refresh token: the old one is taken once more for so long. */
const LEEWAY_MS = 30_000

export type MemoryAdapterOptions = {
  /** Who may ask, read anew each time: where they listen may be known later than the issuer's own address. */
  readonly clients: () => readonly ClientMetadata[]
  /** The id under which an access token is kept; undefined when it is not one of ours. */
  readonly readTokenId: (accessToken: string) => Promise<string | undefined>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** oidc-provider's own state: codes, grants and sessions, in memory and bounded; a restart asks people to sign in again. */
export function createMemoryAdapter({
  clients,
  readTokenId,
  now,
}: MemoryAdapterOptions): (name: string) => Adapter {
  const entries = new LRUCache<string, AdapterPayload>({ max: MAX_ENTRIES })
  return (name) => {
    const key = (id: string) => `${name}:${id}`
    const where = (matches: (payload: AdapterPayload) => boolean) =>
      [...entries.entries()].find(([at, payload]) => at.startsWith(`${name}:`) && matches(payload))?.[1]
    return {
      async upsert(id, payload, expiresIn) {
        entries.set(key(id), payload, expiresIn ? { ttl: expiresIn * 1000 } : {})
      },
      async find(id) {
        if (name === 'Client') return clients().find((client) => client.client_id === id)
        // RFC 7519: an access token is a JWT; what it stands for is kept under its jti.
        const entry = entries.get(key(ACCESS_TOKENS.has(name) ? ((await readTokenId(id)) ?? '') : id))
        return name === 'RefreshToken' ? withLeeway(entry, now()) : entry
      },
      findByUid: async (uid) => where((payload) => payload.uid === uid),
      findByUserCode: async (code) => where((payload) => payload.userCode === code),
      async consume(id) {
        const payload = entries.get(key(id))
        // The first time counts: the leeway does not begin again with each use.
        if (payload) payload.consumed ??= now() / 1000
      },
      async destroy(id) {
        entries.delete(key(id))
      },
      async revokeByGrantId(grantId) {
        for (const [at, payload] of entries.entries())
          if (payload.grantId === grantId && GIVEN.has(at.split(':', 1)[0] ?? '')) entries.delete(at)
      },
    }
  }
}

/** What a grant gave; a sign-in under way has its id, too, and goes on. */
const GIVEN = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken'])
const ACCESS_TOKENS = new Set(['AccessToken', 'ClientCredentials'])

/** A refresh token that was just used passes for one that was not. */
function withLeeway(token: AdapterPayload | undefined, now: number): AdapterPayload | undefined {
  if (token?.consumed === undefined || now - Number(token.consumed) * 1000 > LEEWAY_MS) return token
  const { consumed: _, ...unused } = token
  return unused
}
