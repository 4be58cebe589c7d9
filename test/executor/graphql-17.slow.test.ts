// Runs the tests of the executor and of the scope engine with graphql 17 in place of graphql 16, in every module.
// package.slow.test.ts runs servers on it, and docs/upgrading.md lists what else has to change in the API.
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { runCommand } from '../support/examples/run-example.ts'
import { PROJECT_ROOT } from '../support/project-root.ts'

const require = createRequire(import.meta.url)

/** Tests that start processes, which would use graphql 16, or take long. */
const OTHER_TESTS = ['cli', 'codegen.slow', 'diff-differential', 'graphql-17', 'package']

/** Tests that fail on graphql 17, each with a part of its message. Ids are permanent. */
const DIFFERENCES = [
  {
    id: 'graphql-17/D01',
    test: 'executor/X13',
    reason: 'graphql 17 reads async iterables as lists',
    message: 'Expected Iterable, but did not find one for field \\"Query.readAsync\\".',
  },
  {
    id: 'graphql-17/D02',
    test: 'executor/X14',
    reason: 'graphql 17.1 fails if a thenable that follows the failed item of a list resolves at once',
    message: "Cannot access 'promiseToSettle' before initialization",
  },
  {
    id: 'graphql-17/D03',
    test: 'executor/X36',
    reason: 'graphql 17 adds functions to info',
    message: 'getAbortSignal,getAsyncHelpers',
  },
  {
    id: 'graphql-17/D04',
    test: 'scopes/D46',
    reason: 'graphql 17 prints input objects with spaces',
    message: 'Query.x(i:) = { y: 2 }',
  },
] as const

/** The output of failure-reporter.js. */
type Report = {
  readonly passedCount: number
  /** Test files that could not be run. */
  readonly brokenFiles: readonly string[]
  readonly failures: readonly { readonly test: string; readonly message: string }[]
}

let report: Report
beforeAll(async () => {
  const folder = dirname(require.resolve('graphql-17'))
  // Files, because Jest would resolve the package to two copies, for `import` and `require`.
  const replacements = { '^graphql$': join(folder, 'index.js'), '^graphql/(.*)$': join(folder, '$1') }
  const jest = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--silent',
    '--reporters=<rootDir>/test/support/failure-reporter.js',
    `--moduleNameMapper=${JSON.stringify(replacements)}`,
    '--testMatch=**/test/{executor,scopes}/*.test.ts',
    `--testPathIgnorePatterns=/(${OTHER_TESTS.join('|')})[.]`,
  ]
  const { stdout } = await runCommand(PROJECT_ROOT, ['node', ...jest], { TMPDIR: tmpdir(), CASES: '500' })
  report = JSON.parse(stdout)
})

test('graphql-17/T01 runs all tests, of which exactly the listed ones fail', () => {
  expect(report.brokenFiles).toEqual([])
  expect(report.passedCount).toBeGreaterThan(900)
  const failed = report.failures.map(({ test }) => test.split(' ')[0])
  expect(failed.sort()).toEqual(DIFFERENCES.map(({ test }) => test))
})

test.each(DIFFERENCES)('$id $test fails: $reason', ({ test, message }) => {
  const failure = report.failures.find((failure) => failure.test.startsWith(`${test} `))
  expect(failure?.message).toContain(message)
})
