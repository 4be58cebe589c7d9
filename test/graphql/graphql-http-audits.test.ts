import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { serverAudits } from 'graphql-http'
import { READ_SCOPE, type Service, startService } from '../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const audits = serverAudits({
  url: () => `${service.apiUrl}/graphql`,
  fetchFn: async (url: string, init: RequestInit = {}) =>
    fetch(url, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}` },
    }),
})

/** Audits of recommendations that the draft of 2026-08-06 no longer has. All other audits pass. */
const OUTDATED_AUDITS = [
  {
    id: 'graphql-http/U01',
    audit: '572B',
    because:
      'a syntax error has 400 as application/json too, since the draft has no rule of its own for this type',
  },
  {
    id: 'graphql-http/U02',
    audit: 'FDE2',
    because: 'a validation error has 400 as application/json, as in Apollo Server',
  },
  {
    id: 'graphql-http/U03',
    audit: '7B9B',
    because: 'wrong variables have 400 as application/json, as in Apollo Server',
  },
  {
    id: 'graphql-http/U04',
    audit: '86EE',
    because: 'wrong variables have 422 as application/graphql-response+json',
  },
]

test.each(OUTDATED_AUDITS)('$id audit $audit warns of the status: $because', async ({ audit: id }) => {
  const result = await audits.find((audit) => audit.id === id)?.fn()
  expect(result).toMatchObject({ status: 'warn', reason: expect.stringMatching(/^Response status code/) })
})

const currentAudits = audits.filter(({ id }) => OUTDATED_AUDITS.every(({ audit }) => audit !== id))

test.each(currentAudits.map((audit) => [audit.id, audit.name, audit] as const))(
  'audit %s %s',
  async (_, __, audit) => {
    const result = await audit.fn()
    expect(result.status === 'ok' ? 'ok' : result.reason).toBe('ok')
  },
)
