// `npm run doctor` in a process of its own: output, exit status, and no secrets in either.

import { expect, test } from '@jest/globals'
import type { ReportLine } from '../../src/doctor/run-checks.ts'
import { useDoctorProcess } from '../support/doctor/doctor-process.ts'

const { runDoctor, requestToken } = useDoctorProcess()

test('passes every check beside the embedded server, with exit 0 and no colors in a pipe', async () => {
  const { status, stdout, stderr } = await runDoctor([])
  expect([status, stderr]).toEqual([0, ''])
  const lines = stdout.trim().split('\n')
  expect(lines.at(-1)).toBe('21 ok, 0 failed, 0 skipped.')
  expect(lines.slice(0, -2).filter((line) => !/^✓ \w+ +\S/.test(line))).toEqual([])
  expect(stdout).not.toContain('\u001b')
})

test('reports a failure with its fix, its console path and the skipped checks, and exits 1', async () => {
  const wrong = { OKTA_CLIENT_ID: 'fakebook-cron', OKTA_CLIENT_SECRET: 'hunter2-hunter2' }
  const { status, stdout, stderr } = await runDoctor([], wrong)
  expect([status, stderr]).toEqual([1, ''])
  expect(stdout).toMatch(
    /^✗ client {5}OKTA_CLIENT_SECRET is not the secret of fakebook-cron\. \(D09b\)\n {13}Fix: .*\n {13}Where: Applications and Resources > /m,
  )
  expect(stdout).toMatch(/^– scopes {5}not checked because of "client" above$/m)
  expect(stdout).toMatch(/\n\n15 ok, 1 failed, 5 skipped\.\n$/)
  expect(stdout).not.toContain('hunter2')
})

test('--token explains the token on standard input and never prints it', async () => {
  const token = await requestToken()
  const { status, stdout, stderr } = await runDoctor(['--token'], {}, `Bearer ${token}\n`)
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^! paste .*Bearer.*\(D30b\)$/m)
  expect(stdout).toMatch(/^✓ verdict {3}the API accepts it$/m)
  for (const part of token.split('.')) expect(stdout).not.toContain(part)
  const otherAudience = await runDoctor(['--token=-', '--json'], { OKTA_AUDIENCE: 'api://books' }, token)
  expect([otherAudience.status, JSON.parse(otherAudience.stdout).map(({ id }: ReportLine) => id)]).toEqual([
    1,
    ['D30', 'D31', 'D32', 'D33', 'D34a', 'D35', 'D36', 'D37', 'D38a'],
  ])
})
