import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiProcess } from '../support/cli-process.ts'
import { KEY_KINDS, runIdempotencyRaces } from '../support/database/idempotency-race.ts'
import { createPostgresDatabase, describePostgres } from '../support/databases.ts'
import { queryPostgres } from '../support/query-postgres.ts'
import { ADMIN_SCOPE, READ_SCOPE, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTestClock } from '../support/test-clock.ts'

const [COPIES, RACES] = [3, 50]

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

describePostgres('on PostgreSQL', () => {
  test('processes add one book when they get the same request with the same key at once', async () => {
    const results = await runIdempotencyRaces({
      start: startApiProcess,
      settings: { OKTA_ISSUER: issuer.url, DATABASE_URL: await createPostgresDatabase() },
      token: await issuer.signToken({ scp: [READ_SCOPE, ADMIN_SCOPE] }),
      copies: COPIES,
      races: RACES,
      seed: 1,
    })
    for (const kind of KEY_KINDS) {
      expect(results[kind]).toMatchObject({ races: RACES, unexpected: [], disagreements: 0, duplicates: 0 })
      expect(results[kind].statuses[200]).toBe(COPIES * RACES)
    }
  })

  test('replaces expired keys in any order without a deadlock', async () => {
    const url = await createPostgresDatabase()
    // PostgreSQL does not resolve a deadlock within the test, so the requests in one get 503.
    await queryPostgres(`alter database ${new URL(url).pathname.slice(1)} set deadlock_timeout = '1min'`)
    const clock = createTestClock()
    const service = await startService(
      { DATABASE_URL: url, IDEMPOTENCY_LIFE: '1000' },
      { issuerUrl: issuer.url, clock },
    )
    const exp = Math.floor(clock.now() / 1000) + 3600
    const token = await issuer.signToken({ exp, scp: [READ_SCOPE, ADMIN_SCOPE] })
    const inputs = Array.from({ length: 31 }, (_, i) => ({
      ...{ title: 't', author: 'a', cost: 1, numPages: 1 },
      idempotencyKey: `k${i}`,
    }))
    const query = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'
    for (let round = 0; round < 5; round += 1) {
      const replies = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          service.graphql(query, token, { inputs: i % 2 ? inputs : inputs.toReversed() }),
        ),
      )
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
      await clock.advance(1_000)
    }
    const { json } = await service.graphql(
      '{ booksConnection(filter: { author: "a" }) { totalCount } }',
      token,
    )
    expect(json.data).toEqual({ booksConnection: { totalCount: 5 * inputs.length } })
    await service.close()
  })
})
