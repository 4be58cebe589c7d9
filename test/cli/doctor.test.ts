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
  expect(lines.slice(0, -2).filter((line) => !/^(?:✓ \w+|) +\S/.test(line))).toEqual([])
  expect(stdout).not.toContain('\u001b')
})

test('reports a failure last, with its fix and its console path, and exits 1', async () => {
  const wrong = { OKTA_CLIENT_ID: 'fakebook-cron', OKTA_CLIENT_SECRET: 'hunter2-hunter2' }
  const { status, stdout, stderr } = await runDoctor([], wrong)
  expect([status, stderr]).toEqual([1, ''])
  const [checks = '', totals, problem] = stdout.split('\n\n')
  expect(checks).toMatch(/\n– 5 checks skipped, since "client" failed \(--verbose lists them\)$/)
  expect(totals).toBe('15 ok, 1 failed, 5 skipped.')
  expect(problem).toMatch(
    /^✗ client {5}OKTA_CLIENT_SECRET is not the secret of fakebook-cron\. \(D09b\)\n {13}Fix: [\s\S]*\n {13}Where: Applications and Resources > /,
  )
  expect(stdout).not.toContain('hunter2')
  const verbose = await runDoctor(['--verbose'], { ...wrong, FORCE_COLOR: '1' })
  expect(verbose.stdout).toContain('–\u001b[39m scopes     "client" failed\n')
  expect(verbose.stdout).toContain('\u001b[1mclient     OKTA_CLIENT_SECRET is not')
})

test('--token explains the token on standard input and never prints it', async () => {
  const token = await requestToken()
  const { status, stdout, stderr } = await runDoctor(['--token'], {}, `Bearer ${token}\n`)
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^! paste [\s\S]*Bearer[\s\S]*\(D30b\)$/m)
  expect(stdout).toMatch(/^✓ verdict {3}the API accepts it$/m)
  for (const part of token.split('.')) expect(stdout).not.toContain(part)
  const otherAudience = await runDoctor(['--token=-', '--json'], { OKTA_AUDIENCE: 'api://books' }, token)
  expect([otherAudience.status, JSON.parse(otherAudience.stdout).map(({ id }: ReportLine) => id)]).toEqual([
    1,
    ['D30', 'D31', 'D32', 'D33', 'D34a', 'D35', 'D36', 'D37', 'D38a'],
  ])
})
