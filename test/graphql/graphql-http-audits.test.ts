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

test.each(audits.map((audit) => [audit.id, audit.name, audit] as const))(
  'audit %s %s',
  async (_, __, audit) => {
    const result = await audit.fn()
    expect(result.status === 'error' ? result.reason : 'no error').toBe('no error')
  },
)
