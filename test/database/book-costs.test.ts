import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatDollars } from '../support/database/book-catalogue.ts'
import { describeEachDatabase } from '../support/databases.ts'
import {
  ADMIN_SCOPE,
  postBody,
  READ_SCOPE,
  type Service,
  sendRequest,
  startService,
} from '../support/service.ts'

const ADD = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id cost } }'
const SAMPLES = 300
/** Prices whose nearest double differs from the decimal, and the limits. */
const EDGES = [
  0, 1, 9, 10, 99, 100, 101, 115, 805, 1_010, 1_999, 435_015, 999_999, 1_000_000, 99_999_999, 100_000_000,
]

describeEachDatabase((newDatabase) => {
  let service: Service
  let token: string
  beforeAll(async () => {
    service = await startService({ DATABASE_URL: await newDatabase() })
    token = await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)
  })
  afterAll(() => service.close())

  /** Adds books, and returns each price as text: from the response, and from REST. */
  async function addAndRead(cents: readonly number[]): Promise<string[][]> {
    const inputs = cents.map(
      (cost) => `{"title":"t","author":"a","numPages":1,"cost":${formatDollars(cost)}}`,
    )
    const body = `{"query":${JSON.stringify(ADD)},"variables":{"inputs":[${inputs}]}}`
    const { json } = await postBody(`${service.apiUrl}/graphql`, body, token)
    const added = json.data?.addBooks as { id: string; cost: number }[]
    const headers = { authorization: `Bearer ${token}` }
    return Promise.all(
      added.map(async ({ id, cost }) => {
        const { text } = await sendRequest(`${service.apiUrl}/books/${id}`, { headers })
        return [String(cost), /"cost":([^,]*)/.exec(text)?.[1] ?? '']
      }),
    )
  }

  test('returns every price exactly as it was sent', async () => {
    const price = fc.oneof(fc.constantFrom(...EDGES), fc.integer({ min: 0, max: 100_000_000 }))
    await fc.assert(
      fc.asyncProperty(fc.array(price, { minLength: 1, maxLength: 20 }), async (cents) => {
        const expected = cents.map((cost) => formatDollars(cost).replace(/\.?0+$/, ''))
        expect(await addAndRead(cents)).toEqual(expected.map((cost) => [cost, cost]))
      }),
      { numRuns: SAMPLES / 20, seed: Number(process.env.SEED ?? 1) },
    )
  })
})
