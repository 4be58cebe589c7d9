import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiProcess } from '../support/cli-process.ts'
import { addBooksDuringKills } from '../support/database/server-kills.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { ADMIN_SCOPE, READ_SCOPE } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

const KILLS = 4
const SEED = Number(process.env.SEED ?? 1)

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

describeEachDatabase((newDatabase) => {
  test('loses and duplicates no book when the API is killed repeatedly during an import', async () => {
    const result = await addBooksDuringKills({
      start: startApiProcess,
      settings: { OKTA_ISSUER: issuer.url, DATABASE_URL: await newDatabase() },
      token: await issuer.signToken({ scp: [READ_SCOPE, ADMIN_SCOPE] }),
      kills: KILLS,
      random: createSeededRandom(SEED),
      delay: async () => {},
    })
    expect(result).toMatchObject({ kills: KILLS, lost: 0, duplicates: 0 })
    expect(result.resent).toBeGreaterThan(0)
    expect(result.acknowledged).toBeGreaterThan(0)
  })
})
