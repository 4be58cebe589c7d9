import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { crash } from '../../bench/store/crash.ts'
import { startApiProcess } from '../support/cli-process.ts'
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
    const crashed = await crash({
      start: startApiProcess,
      settings: { OKTA_ISSUER: issuer.url, DATABASE_URL: await newDatabase() },
      token: await issuer.signToken({ scp: [READ_SCOPE, ADMIN_SCOPE] }),
      kills: KILLS,
      chance: createSeededRandom(SEED),
      idle: async () => {},
    })
    expect(crashed).toMatchObject({ kills: KILLS, lost: 0, doubles: 0 })
    expect(crashed.again).toBeGreaterThan(0)
    expect(crashed.acknowledged).toBeGreaterThan(0)
  })
})
