import { LRUCache } from 'lru-cache'
import type { Adapter, AdapterPayload, ClientMetadata } from 'oidc-provider'

const MAX_ENTRIES = 10_000
/** Okta accepts a rotated refresh token for 30 s, for clients that did not receive the new one. */
const ROTATION_GRACE_MS = 30_000

/**
 * Creates oidc-provider's storage for codes, grants and sessions. It is bounded, and in memory: empty after a restart.
 * A full store displaces its least recently used entry: if it refused new ones, a burst of requests would block every
 * sign-in until they expire.
 * @param getClients a function, because redirect URIs may be known only after the issuer listens
 */
export const createMemoryAdapter =
  (getClients: () => readonly ClientMetadata[], now: () => number) =>
  (model: string): Adapter => {
    const entries = new LRUCache<string, AdapterPayload>({ max: MAX_ENTRIES })
    return {
      async upsert(id, payload, expiresIn = 0) {
        entries.set(id, payload, { ttl: expiresIn * 1000 })
      },
      async find(id) {
        if (model === 'Client') return getClients().find((client) => client.client_id === id)
        const payload = entries.get(id)
        if (model !== 'RefreshToken' || payload?.consumed === undefined) return payload
        const isInGrace = now() - Number(payload.consumed) * 1000 <= ROTATION_GRACE_MS
        return isInGrace ? { ...payload, consumed: undefined } : payload
      },
      findByUid: async (uid) => [...entries.values()].find((payload) => payload.uid === uid),
      // Only the device flow has user codes, and it is disabled.
      findByUserCode: async () => undefined,
      async consume(id) {
        const payload = entries.get(id)
        // The grace period starts at the first use and is not extended by others.
        if (payload) payload.consumed ??= now() / 1000
      },
      async destroy(id) {
        entries.delete(id)
      },
      async revokeByGrantId(grantId) {
        for (const [id, payload] of entries.entries()) if (payload.grantId === grantId) entries.delete(id)
      },
    }
  }
