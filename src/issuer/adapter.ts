import { LRUCache } from 'lru-cache'
import type { Adapter, AdapterPayload, ClientMetadata } from 'oidc-provider'

const MAX_ENTRIES = 10_000

/**
 * oidc-provider's own state: codes, grants and sessions, in memory and bounded; a restart asks people to sign in again.
 * @param clients who may ask, read anew each time: where they listen may be known later than the issuer's own address
 */
export function memoryAdapter(clients: () => readonly ClientMetadata[]): (name: string) => Adapter {
  const entries = new LRUCache<string, AdapterPayload>({ max: MAX_ENTRIES })
  return (name) => {
    const key = (id: string) => `${name}:${id}`
    const where = (matches: (payload: AdapterPayload) => boolean) =>
      [...entries.entries()].find(([at, payload]) => at.startsWith(`${name}:`) && matches(payload))?.[1]
    return {
      async upsert(id, payload, expiresIn) {
        entries.set(key(id), payload, expiresIn ? { ttl: expiresIn * 1000 } : {})
      },
      find: async (id) =>
        name === 'Client' ? clients().find((client) => client.client_id === id) : entries.get(key(id)),
      findByUid: async (uid) => where((payload) => payload.uid === uid),
      findByUserCode: async (code) => where((payload) => payload.userCode === code),
      async consume(id) {
        const payload = entries.get(key(id))
        if (payload) payload.consumed = Math.floor(Date.now() / 1000)
      },
      async destroy(id) {
        entries.delete(key(id))
      },
      async revokeByGrantId(grantId) {
        for (const [at, payload] of entries.entries()) if (payload.grantId === grantId) entries.delete(at)
      },
    }
  }
}
