// What is said of a token: what it is, and whether the API takes it. Nothing of it is repeated.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createServerChecks } from '../../src/app/doctor-server-checks.ts'
import { createDoctorSetup } from '../../src/app/doctor-setup.ts'
import { parseConfig } from '../../src/config/config.ts'
import { explainToken } from '../../src/doctor/explain-token.ts'
import type { ReportLine } from '../../src/doctor/report-line.ts'
import { PASTED_TOKEN_CASES } from '../cases/doctor/pasted-tokens.ts'
import { problemIds } from '../support/doctor/check-okta-setup.ts'
import { type StubOkta, startStubOkta } from '../support/doctor/stub-okta.ts'

let okta: StubOkta
beforeAll(async () => {
  okta = await startStubOkta()
})
afterAll(() => okta.close())

const explained = (pasted: string) => {
  const config = parseConfig({
    OKTA_ISSUER: okta.url,
    WEBAPP_CLIENT_ID: '0oaweb',
    WEBAPP_CLIENT_SECRET: 'web-secret',
  })
  return explainToken(pasted, createDoctorSetup(config), createServerChecks(config))
}

const lineOf = (lines: readonly ReportLine[], check: string) => lines.find((line) => line.check === check)

test.each(PASTED_TOKEN_CASES)('%s %s', async (_id, _name, pasted, finds) => {
  const text = await pasted(okta)
  const lines = await explained(text)
  expect(problemIds(lines)).toEqual(finds)
  expect(JSON.stringify(lines)).not.toMatch(/\{\w+\}|undefined|eyJ[\w-]/)
  neverRepeats(text, lines)
  agreesWithTheApi(lines)
})

test('numbers are used once', () => {
  const ids = PASTED_TOKEN_CASES.map(([id]) => id)
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
})

test('it says what its scopes open, by the schema, and what the rest asks for', async () => {
  const found = lineOf(await explained(await okta.sign({ scp: ['fakebookapi.read'] })), 'scopes')?.found
  expect(found).toMatch(/opens Query\.books, .*not Mutation\.addBook \(fakebookapi\.admin\)/)
  const admin = lineOf(await explained(await okta.sign({ scp: ['fakebookapi.admin'] })), 'scopes')?.found
  expect(admin).toMatch(/opens Mutation\.addBook, .*not Query\.books \(fakebookapi\.read\)/)
})

test('without the issuer’s keys it says that it cannot tell', async () => {
  okta.state.overrides = { keys: { status: 503 } }
  const lines = await explained(await okta.sign({ scp: ['fakebookapi.read'] }))
  okta.state.overrides = {}
  expect([lineOf(lines, 'key')?.status, lineOf(lines, 'verdict')?.status]).toEqual(['skipped', 'skipped'])
})

/** Pieces of tokens, put together in ways that people and attackers do. */
const piece = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.json().map((text) => Buffer.from(text).toString('base64url')),
  fc
    .record({
      iss: fc.anything(),
      aud: fc.anything(),
      exp: fc.anything(),
      scp: fc.anything(),
      cnf: fc.anything(),
    })
    .map((claims) =>
      Buffer.from(
        JSON.stringify(claims, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? '',
      ).toString('base64url'),
    ),
  fc.constantFrom('Bearer ', '"', '\u001b[31m', '{"access_token":"', '\n', '='),
)
const pasted = fc
  .array(piece, { maxLength: 6 })
  .chain((pieces) => fc.constantFrom('.', '', ' ').map((glue) => pieces.join(glue)))

test('whatever is pasted: it never throws, repeats nothing, steers no terminal, and agrees with the API', async () => {
  await fc.assert(
    fc.asyncProperty(pasted, async (text) => {
      const lines = await explained(text)
      expect(lines).toHaveLength(9)
      expect(lines.flatMap(({ found, mend = '' }) => [found, mend]).join('')).not.toMatch(
        /[\p{C}\p{Zl}\p{Zp}]/u,
      )
      neverRepeats(text, lines)
      agreesWithTheApi(lines)
    }),
    { numRuns: Number(process.env.CASES ?? 300) },
  )
})

/** Sixteen letters in a row are more than chance. */
function neverRepeats(text: string, lines: readonly ReportLine[]): void {
  const printed = JSON.stringify(lines)
  for (const part of text.split(/[\s."{}:,]+/).filter((one) => one.length >= 16 && one !== 'access_token'))
    expect(printed).not.toContain(part)
}

/** What the API takes has nothing wrong but, perhaps, its scopes; what it does not take is never called good. */
function agreesWithTheApi(lines: readonly ReportLine[]): void {
  const failed = lines.filter(({ status, check }) => status === 'failed' && check !== 'scopes')
  if (lineOf(lines, 'verdict')?.status === 'ok') expect(failed).toEqual([])
}
