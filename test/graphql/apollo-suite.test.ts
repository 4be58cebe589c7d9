// Apollo's tests of integrations run in a Jest of their own: what does not apply there is a row here, not a hidden skip.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from '@jest/globals'
import { createTemporaryFolder } from '../support/cli-process.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Tests that fail here, as they must: how, and why. The numbers are permanent. */
const OTHERWISE: readonly (readonly [id: string, name: string, how: RegExp, why: string])[] = [
  ['U01', 'default', /415\n.*400/s, 'text/plain is 415 before Apollo Server sees it, and as little forged'],
  ['U02', 'throws an error if POST body is empty', /400\n.*415/s, 'its type is text/plain: 415'],
  ['U03', 'throws an error if invalid content-type', /400\n.*415/s, 'RFC 9110 §15.5.16 has 415 for that'],
  ['U04', 'throws an error if POST JSON is malformed', /true\n.*false/s, '400 in our own words'],
  ['U05', 'runs when cache-control is disabled', /no-store/, 'an answer is for who asked: never stored'],
  ['U06', 'cache-control not set without any hints with if-cacheable', /no-store/, 'as U05'],
  ['U07', 'wraps thrown error from validation rules', /calls: 0/, 'a fault of ours is told in our own words'],
  ['U08', 'errors thrown in plugins call formatError and are wrapped', /on our side/, 'as U07'],
]

/** Tests that the suite itself leaves out, and why. */
const LEFT_OUT = [/@defer|@stream|\bdefer\b|deferred/, 'graphql-js 16 cannot answer in parts'] as const

type Result = {
  readonly title: string
  readonly status: string
  readonly failureMessages: readonly string[]
}

function runSuite(): readonly Result[] {
  const report = join(createTemporaryFolder(), 'report.json')
  const { stderr } = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      join(ROOT, 'node_modules/jest/bin/jest.js'),
      ...[
        '--ci',
        '--forceExit',
        '--json',
        '--outputFile',
        report,
        '--testRegex',
        'test/graphql/apollo-suite\\.ts$',
      ],
    ],
    { cwd: ROOT, encoding: 'utf8' },
  )
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults[0].assertionResults
  } catch {
    throw new Error(stderr)
  }
}

const results = runSuite()
const named = (status: string) => results.filter((result) => result.status === status)

test.each(OTHERWISE)('%s "%s" goes otherwise, by %s: %s', (_, name, how) => {
  const [result] = named('failed').filter(({ title }) => title === name)
  expect(stripVTControlCharacters(result?.failureMessages[0] ?? '')).toMatch(how)
})

test('all others of Apollo’s tests of integrations pass', () => {
  const known = OTHERWISE.map(([, name]) => name)
  const failed = named('failed').map(({ title }) => title)
  expect(failed.filter((title) => !known.includes(title))).toEqual([])
  expect(failed.length).toBe(OTHERWISE.length)
  const [leftOut] = LEFT_OUT
  expect(named('pending').filter(({ title }) => !leftOut.test(title))).toEqual([])
  expect(named('passed').length).toBeGreaterThan(230)
})
