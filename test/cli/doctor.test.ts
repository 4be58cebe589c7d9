import { expect, test } from '@jest/globals'
import { runDoctor } from '../../src/cli/run-doctor.ts'
import { runCli } from '../support/cli-process.ts'

test.each([
  { args: ['--token', 'a-token-as-argument'], extraArguments: ['a-token-as-argument'], token: true },
  { args: ['--token=a-token-as-argument'], extraArguments: [], token: 'a-token-as-argument' },
  { args: ['a-token-as-argument'], extraArguments: ['a-token-as-argument'], token: false },
  { args: ['--json', 'a-token-as-argument'], extraArguments: ['a-token-as-argument'], token: false },
])('rejects a token as an argument without printing it: $args', async ({ extraArguments, token }) => {
  const rejection = await runDoctor(extraArguments, { token }).catch((error) => error)
  expect(rejection).toMatchObject({ exitCode: 2, message: expect.stringMatching(/standard input/) })
  expect(rejection.message).not.toContain('a-token-as-argument')
})

test('the command line rejects a token as an argument without printing it', async () => {
  const { status, stdout, stderr } = await runCli(['doctor', '--token=a-token-as-argument'])
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/standard input/)
  expect(stderr).not.toContain('a-token-as-argument')
})
