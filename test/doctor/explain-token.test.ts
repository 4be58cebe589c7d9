// Explains pasted tokens without repeating them, and with the same verdict as the API.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createDoctorSetup } from '../../src/app/doctor-setup.ts'
import { parseConfig } from '../../src/config/config.ts'
import { explainToken } from '../../src/doctor/explain-token.ts'
import type { ReportLine } from '../../src/doctor/run-checks.ts'
import { PASTED_TOKEN_CASES } from '../cases/doctor/pasted-tokens.ts'
import { problemIds } from '../support/doctor/check-okta-setup.ts'
import { type StubOkta, startStubOkta } from '../support/doctor/stub-okta.ts'

let okta: StubOkta
beforeAll(async () => {
  okta = await startStubOkta()
})
afterAll(() => okta.close())

const explain = (input: string) => {
  const config = parseConfig({
    OKTA_ISSUER: okta.url,
    WEBAPP_CLIENT_ID: '0oaweb',
    WEBAPP_CLIENT_SECRET: 'web-secret',
  })
  return explainToken(input, createDoctorSetup(config))
}

const findLine = (lines: readonly ReportLine[], check: string) => lines.find((line) => line.check === check)

test.each(PASTED_TOKEN_CASES)('$id $title', async ({ input, expectedFindings }) => {
  const text = await input(okta)
  const lines = await explain(text)
  expect(problemIds(lines)).toEqual(expectedFindings)
  expect(JSON.stringify(lines)).not.toMatch(/\{\w+\}|undefined|eyJ[\w-]/)
  expectNotRepeated(text, lines)
  expectConsistentVerdict(lines)
})

test('lists the fields that the scopes allow, and the scopes that the others require', async () => {
  const read = findLine(await explain(await okta.sign({ scp: ['fakebookapi.read'] })), 'scopes')?.found
  expect(read).toMatch(/allows Query\.books, .*denies Mutation\.addBook \(fakebookapi\.admin\)/)
  const admin = findLine(await explain(await okta.sign({ scp: ['fakebookapi.admin'] })), 'scopes')?.found
  expect(admin).toMatch(/allows Mutation\.addBook, .*denies Query\.books \(fakebookapi\.read\)/)
})

test('gives no verdict without the issuer’s keys', async () => {
  okta.state.overrides = { keys: { status: 503 } }
  const lines = await explain(await okta.sign({ scp: ['fakebookapi.read'] }))
  okta.state.overrides = {}
  expect([findLine(lines, 'key')?.status, findLine(lines, 'verdict')?.status]).toEqual(['skipped', 'skipped'])
})

const arbitrarySegment = fc.oneof(
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
const arbitraryInput = fc
  .array(arbitrarySegment, { maxLength: 6 })
  .chain((segments) => fc.constantFrom('.', '', ' ').map((separator) => segments.join(separator)))

test('explains any input: no exception, no part of the input, no control character, the API’s verdict', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryInput, async (text) => {
      const lines = await explain(text)
      expect(lines).toHaveLength(9)
      expect(lines.flatMap(({ found, mend = '' }) => [found, mend]).join('')).not.toMatch(
        /[\p{C}\p{Zl}\p{Zp}]/u,
      )
      expectNotRepeated(text, lines)
      expectConsistentVerdict(lines)
    }),
    { numRuns: Number(process.env.CASES ?? 300) },
  )
})

/** Sixteen characters in a row do not match by chance. */
function expectNotRepeated(text: string, lines: readonly ReportLine[]): void {
  const printed = JSON.stringify(lines)
  for (const part of text.split(/[\s."{}:,]+/).filter((one) => one.length >= 16 && one !== 'access_token'))
    expect(printed).not.toContain(part)
}

/** If the API accepts the token, no check but that of its scopes has failed. */
function expectConsistentVerdict(lines: readonly ReportLine[]): void {
  const failed = lines.filter(({ status, check }) => status === 'failed' && check !== 'scopes')
  if (findLine(lines, 'verdict')?.status === 'ok') expect(failed).toEqual([])
}
