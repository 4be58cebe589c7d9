import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { race } from '../../bench/store/race.ts'
import { hasPostgres, newPostgres } from '../databases.ts'
import { startProgram } from '../program.ts'
import { type ScriptedIssuer, scriptedIssuer } from '../scripted-issuer.ts'
import { ADMIN, READ } from '../service.ts'

const [COPIES, RACES] = [3, 50]

let issuer: ScriptedIssuer
beforeAll(async () => {
  issuer = await scriptedIssuer()
})
afterAll(() => issuer.close())

const here = hasPostgres ? describe : describe.skip

here('on PostgreSQL', () => {
  test('copies that are asked the same thing under one key at the same time keep one book', async () => {
    const raced = await race({
      start: startProgram,
      settings: { OKTA_ISSUER: issuer.url, DATABASE_URL: await newPostgres() },
      token: await issuer.sign({ scp: [READ, ADMIN] }),
      copies: COPIES,
      races: RACES,
      seed: 1,
    })
    for (const kind of ['request', 'book'] as const) {
      expect(raced[kind]).toMatchObject({ races: RACES, strange: [], apart: 0, doubles: 0 })
      expect(raced[kind].statuses[200]).toBe(COPIES * RACES)
    }
  })
})
