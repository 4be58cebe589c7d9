// Responses of the API while the issuer's key set endpoint misbehaves, and the recovery.
import { describe, expect, test } from '@jest/globals'
import { HANGING_FAULT_IDS, JWKS_FAULTS } from '../cases/auth/jwks-faults.ts'
import { useStubIssuers } from '../support/auth/use-stub-issuers.ts'
import { sendRequest } from '../support/service.ts'
import { createSigningKey, type StubIssuer } from '../support/stub-issuer.ts'
import { waitUntil } from '../support/wait-until.ts'

const { getIssuers, startService } = useStubIssuers()

const repair = async (issuer: StubIssuer) => {
  issuer.state.handler = undefined
  await issuer.reopen().catch(() => undefined)
}

describe.each(JWKS_FAULTS)('$id the issuer $title', ({ id, cause }) => {
  // The timeout of a fetch that hangs uses real time.
  const settings: Record<string, string> = HANGING_FAULT_IDS.includes(id) ? { KEYS_TIMEOUT: '1000' } : {}

  test('at start: answers 503 with Retry-After until the issuer recovers', async () => {
    const { issuer, other, clock } = getIssuers()
    await cause(issuer, other)
    const { apiUrl, send, sendNewToken, readFetchCount } = await startService(settings)
    const reply = await send(await issuer.signToken())
    expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([503, null])
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await sendRequest(`${apiUrl}/readyz`)).status).toBe(503)
    expect(await readFetchCount('failed')).toBe(1)
    await repair(issuer)
    await clock.advance(2_000)
    await waitUntil(async () => (await sendNewToken()) === 200)
    expect((await sendRequest(`${apiUrl}/readyz`)).status).toBe(200)
    expect(other.state.jwksRequests).toBe(0)
  })

  test('later: accepts known keys, answers 503 for unknown ones, and recovers', async () => {
    const { issuer, other, clock } = getIssuers()
    const { sendNewToken, readFetchCount } = await startService(settings)
    const newKey = await createSigningKey('k2')
    await cause(issuer, other)
    await clock.advance(31_000)
    expect([await sendNewToken(newKey), await sendNewToken(), await readFetchCount('failed')]).toEqual([
      503, 200, 1,
    ])
    issuer.state.keys.push(newKey.jwk)
    await repair(issuer)
    await clock.advance(31_000)
    await waitUntil(async () => (await sendNewToken(newKey)) === 200)
    expect(await sendNewToken()).toBe(200)
    expect(other.state.jwksRequests).toBe(0)
  })
})
