// The audit log of a process: signals, standard streams, a slow reader, and a start that fails.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runCli, startApiProcess } from '../support/cli-process.ts'
import { postBody } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { waitUntil } from '../support/wait-until.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const READ = JSON.stringify({ query: '{ book(id: 1) { title } }' })

const settingsOf = (auditLog: string) => ({
  DATABASE_URL: 'file::memory:',
  OKTA_ISSUER: issuer.url,
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
  AUDIT_LOG: auditLog,
})
const parseEntries = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ event }) => event !== undefined)
const waitForEntry = (file: string) =>
  waitUntil(async () => parseEntries(readFileSync(file, 'utf8')).length === 1)

test('opens the file again on SIGHUP, after logrotate has renamed it', async () => {
  const file = join(createTemporaryFolder(), 'audit.log')
  const { url, child, exited } = await startApiProcess(settingsOf(file))
  await postBody(url, READ)
  await waitForEntry(file)
  renameSync(file, `${file}.1`)
  child.kill('SIGHUP')
  await waitUntil(async () => existsSync(file))
  await postBody(url, READ)
  await waitForEntry(file)
  expect(parseEntries(readFileSync(`${file}.1`, 'utf8')).length).toBe(1)
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
})

test.each([
  { id: 'audit-log/H01', auditLog: 'stdout' },
  { id: 'audit-log/H02', auditLog: 'off' },
])('$id is not ended by SIGHUP with AUDIT_LOG=$auditLog', async ({ auditLog }) => {
  const { child, exited } = await startApiProcess(settingsOf(auditLog))
  child.kill('SIGHUP')
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
})

test.each([
  { auditLog: 'stdout', stdoutLines: 1, stderrLines: 0 },
  { auditLog: 'stderr', stdoutLines: 0, stderrLines: 1 },
  { auditLog: 'off', stdoutLines: 0, stderrLines: 0 },
])('writes to no other stream with AUDIT_LOG=$auditLog', async ({ auditLog, stdoutLines, stderrLines }) => {
  const { url, child, exited, text } = await startApiProcess(settingsOf(auditLog))
  await postBody(url, READ)
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
  expect(parseEntries(text.stdout)).toHaveLength(stdoutLines)
  expect(parseEntries(text.stderr)).toHaveLength(stderrLines)
})

test('writes every line whole to a slow reader of standard output, up to the exit of the process', async () => {
  const module = new URL('../../src/observability/audit-log.ts', import.meta.url).href
  const script = `
    import { openAuditLog } from ${JSON.stringify(module)}
    const { recordRequest } = openAuditLog('stdout', () => process.exit(3))
    // Node makes a pipe non-blocking once process.stdout is used.
    process.stdout.write('')
    for (const kind of ['query', 'mutation'])
      for (let i = 0; i < 2_000; i++)
        recordRequest({ requestId: kind, method: 'POST', status: kind === 'query' ? 401 : 200, durationMs: 0, operationInfo: { operationType: kind } })
    process.exit(0)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await pause(300)
  const entries = parseEntries(await readText(child.stdout))
  expect(entries.filter(({ event }) => event === 'refused')).toHaveLength(2_000)
  expect(entries.filter(({ event }) => event === 'write')).toHaveLength(2_000)
})

test.each([
  { file: '/nowhere/audit.log', code: 'ENOENT' },
  { file: '/dev', code: 'EISDIR' },
])('exits with 1 and one line for a file that cannot be opened: $file', async ({ file, code }) => {
  const { status, stderr } = await runCli(['api'], settingsOf(file))
  expect(status).toBe(1)
  expect(stderr).toMatch(new RegExp(`^The audit log cannot be opened: ${code}: .*\\. Check AUDIT_LOG\\.\\n$`))
})
