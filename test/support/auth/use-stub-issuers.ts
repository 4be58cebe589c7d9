import { afterEach, beforeEach } from '@jest/globals'
import { readMetric, type Service, startService } from '../service.ts'
import { type createSigningKey, type StubIssuer, startStubIssuer } from '../stub-issuer.ts'
import { createTestClock } from '../test-clock.ts'

const QUERY = '{ book(id: 1) { title } }'

type SigningKey = Awaited<ReturnType<typeof createSigningKey>>

/** Starts two issuers before each test, and closes them and the service after it. */
export function useStubIssuers() {
  let issuer: StubIssuer
  let other: StubIssuer
  let service: Service | undefined
  let clock: ReturnType<typeof createTestClock>
  let serial = 0
  beforeEach(async () => {
    issuer = await startStubIssuer()
    other = await startStubIssuer()
    clock = createTestClock()
  })
  afterEach(async () => {
    await service?.close()
    await issuer.close()
    await other.close()
  })
  return {
    getIssuers: () => ({ issuer, other, clock }),
    /** Starts the service with the first issuer, on a test clock. */
    async startService(settings: Record<string, string> = {}) {
      const started = await startService(settings, { issuerUrl: issuer.url, clock })
      service = started
      const send = async (token: string) => started.graphql(QUERY, token)
      return {
        apiUrl: started.apiUrl,
        graphql: started.graphql,
        send,
        /** Sends a token that is not in the cache, and returns the status. */
        sendNewToken: async (key?: SigningKey) =>
          (await send(await issuer.signToken({ jti: `${serial++}` }, {}, undefined, key))).status,
        readFetchCount: (outcome: 'ok' | 'failed') =>
          readMetric(started.apiUrl, `fakebook_key_fetches_total{outcome="${outcome}"}`),
      }
    },
  }
}
