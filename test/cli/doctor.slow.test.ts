// `npm run doctor` in a process of its own: the cases that doctor.test.ts leaves out.

import { expect, test } from '@jest/globals'
import type { ReportLine } from '../../src/doctor/run-checks.ts'
import { spawnCli } from '../support/cli-process.ts'
import { choosePorts, useDoctorProcess } from '../support/doctor/doctor-process.ts'

const { runDoctor } = useDoctorProcess()

test('recognizes the ports of a running project', async () => {
  const ports = await choosePorts()
  const all = spawnCli(['start'], { ...ports, DATABASE_URL: 'file::memory:' })
  await all.waitForOutput(/^Web app\s+\S+$/m)
  const { status, stdout } = await runDoctor([], ports)
  all.child.kill('SIGTERM')
  await all.exited
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    `✓ ports ${ports.PORT} (PORT), ${ports.WEBAPP_PORT} (WEBAPP_PORT), ${ports.ISSUER_PORT} (ISSUER_PORT) used by this project `,
  )
  expect(status).toBe(0)
})

test('--json prints one array with stable names, and exits with the same status', async () => {
  const { status, stdout } = await runDoctor(['--json'], { OKTA_AUDIENCE: 'api://books' })
  const lines: readonly ReportLine[] = JSON.parse(stdout)
  expect(status).toBe(1)
  expect(lines.find(({ id }) => id === 'D13a')).toEqual({
    id: 'D13a',
    check: 'token',
    status: 'failed',
    found: expect.any(String),
    mend: expect.any(String),
    where: 'Security > API > Authorization Servers > default > Settings',
  })
  expect(new Set(lines.map((line) => line.status))).toEqual(new Set(['ok', 'failed']))
  expect(stdout).not.toMatch(/secret["-]|eyJ/)
})

test('names every invalid setting without its value, as text and as JSON, and exits 2', async () => {
  const wrong = { LOG_LEVEL: 'hunter2', OKTA_ISUER: 'hunter2' }
  for (const args of [[], ['--json'], ['--token']]) {
    const { status, stdout } = await runDoctor(args, wrong)
    expect([args, status]).toEqual([args, 2])
    for (const name of ['LOG_LEVEL', 'OKTA_ISUER']) expect(stdout).toMatch(new RegExp(`${name}: `))
    expect(stdout).not.toContain('hunter2')
  }
  expect(JSON.parse((await runDoctor(['--json'], wrong)).stdout)[0]).toMatchObject({
    id: 'D02a',
    status: 'failed',
  })
})

test('requires OKTA_ISSUER in production', async () => {
  const { status, stdout } = await runDoctor([], { NODE_ENV: 'production' })
  expect([status, stdout]).toEqual([2, expect.stringMatching(/^✗ settings +OKTA_ISSUER: must be set/m)])
})

const TOKEN_ARGUMENTS = [
  { id: 'doctor/C01', args: ['--token', 'a-token-as-argument'] },
  { id: 'doctor/C02', args: ['--token=a-token-as-argument'] },
  { id: 'doctor/C03', args: ['a-token-as-argument'] },
  { id: 'doctor/C04', args: ['--json', 'a-token-as-argument'] },
]
test.each(TOKEN_ARGUMENTS)('$id rejects a token as an argument without repeating it', async ({ args }) => {
  const { status, stdout, stderr } = await runDoctor(args)
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/standard input/)
  expect(stderr).not.toContain('a-token-as-argument')
})
