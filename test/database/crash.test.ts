import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { crash } from '../../bench/store/crash.ts'
import { startProgram } from '../support/cli-process.ts'
import { onBothDatabases } from '../support/databases.ts'
import { random } from '../support/seeded-random.ts'
import { ADMIN, READ } from '../support/service.ts'
import { type ScriptedIssuer, scriptedIssuer } from '../support/stub-issuer.ts'

const KILLS = 4
const SEED = Number(process.env.SEED ?? 1)

let issuer: ScriptedIssuer
beforeAll(async () => {
  issuer = await scriptedIssuer()
})
afterAll(() => issuer.close())

onBothDatabases((newDatabase) => {
  test('kill -9 in the middle of an import that goes on: nothing is lost, nothing is there twice', async () => {
    const crashed = await crash({
      start: startProgram,
      settings: { OKTA_ISSUER: issuer.url, DATABASE_URL: await newDatabase() },
      token: await issuer.sign({ scp: [READ, ADMIN] }),
      kills: KILLS,
      chance: random(SEED),
      idle: async () => {},
    })
    expect(crashed).toMatchObject({ kills: KILLS, lost: 0, doubles: 0 })
    expect(crashed.again).toBeGreaterThan(0)
    expect(crashed.acknowledged).toBeGreaterThan(0)
  })
})
