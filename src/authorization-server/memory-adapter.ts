import { LRUCache } from 'lru-cache'
import type { Adapter, AdapterPayload, ClientMetadata } from 'oidc-provider'

const MAX_ENTRIES = 10_000
/** Okta accepts a rotated refresh token for 30 s, for clients that did not receive the new one. */
const ROTATION_GRACE_MS = 30_000

/** The models that a grant issues. An interaction has a grant id too, and outlives the revocation. */
const ISSUED_MODELS = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken'])
const ACCESS_TOKEN_MODELS = new Set(['AccessToken', 'ClientCredentials'])

export type MemoryAdapterOptions = {
  /** A function, because redirect URIs may be known only after the issuer listens. */
  readonly clients: () => readonly ClientMetadata[]
  /** Returns the id that an access token is stored under; undefined unless it was issued here. */
  readonly readTokenId: (accessToken: string) => Promise<string | undefined>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Creates oidc-provider's storage for codes, grants and sessions: in memory and bounded, so it is empty after a restart. */
export function createMemoryAdapter({
  clients,
  readTokenId,
  now,
}: MemoryAdapterOptions): (model: string) => Adapter {
  const entries = new LRUCache<string, AdapterPayload>({ max: MAX_ENTRIES })
  return (model) => {
    const keyOf = (id: string) => `${model}:${id}`
    const findBy = (matches: (payload: AdapterPayload) => boolean) =>
      [...entries.entries()].find(([key, payload]) => key.startsWith(`${model}:`) && matches(payload))?.[1]
    return {
      async upsert(id, payload, expiresIn) {
        entries.set(keyOf(id), payload, expiresIn ? { ttl: expiresIn * 1000 } : {})
      },
      async find(id) {
        if (model === 'Client') return clients().find((client) => client.client_id === id)
        // Access tokens are JWTs and are stored under their jti.
        const storedId = ACCESS_TOKEN_MODELS.has(model) ? ((await readTokenId(id)) ?? '') : id
        const payload = entries.get(keyOf(storedId))
        return model === 'RefreshToken' ? applyRotationGrace(payload, now()) : payload
      },
      findByUid: async (uid) => findBy((payload) => payload.uid === uid),
      findByUserCode: async (code) => findBy((payload) => payload.userCode === code),
      async consume(id) {
        const payload = entries.get(keyOf(id))
        // The grace period starts at the first use and is not extended by others.
        if (payload) payload.consumed ??= now() / 1000
      },
      async destroy(id) {
        entries.delete(keyOf(id))
      },
      async revokeByGrantId(grantId) {
        for (const [key, payload] of entries.entries())
          if (payload.grantId === grantId && ISSUED_MODELS.has(key.split(':', 1)[0] ?? ''))
            entries.delete(key)
      },
    }
  }
}

/** Returns a refresh token as unused while its grace period lasts. */
function applyRotationGrace(token: AdapterPayload | undefined, now: number): AdapterPayload | undefined {
  if (token?.consumed === undefined || now - Number(token.consumed) * 1000 > ROTATION_GRACE_MS) return token
  const { consumed: _, ...unused } = token
  return unused
}
