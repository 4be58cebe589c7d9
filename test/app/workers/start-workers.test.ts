import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { INVALID_WORKER_STARTS } from '../../cases/app/invalid-worker-starts.ts'
import { runCli } from '../../support/cli-process.ts'
import { type StubIssuer, startStubIssuer } from '../../support/stub-issuer.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const api = (settings: Readonly<Record<string, string>>, command = 'api') =>
  runCli([command], { OKTA_ISSUER: issuer.url, PORT: '0', ...settings })

test.each(INVALID_WORKER_STARTS)('%s %s', async (_, _name, command, settings, line) => {
  const { status, stdout, stderr } = await api(settings, command)
  expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(line)])
  expect(stderr.match(/WORKERS: /g)).toHaveLength(1)
})

test('W25 a port in use is told once, by the one that tried, and nothing else starts', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const { status, stdout, stderr } = await api({ WORKERS: '3', PORT: String(port) })
  taken.close()
  expect([status, stdout, stderr]).toEqual([
    1,
    '',
    `Port ${port} is in use. Set PORT to another, as PORT=${port + 1}.\n`,
  ])
})

test('W26 so is a database that cannot be opened', async () => {
  const { status, stderr } = await api({ WORKERS: '3', DATABASE_URL: 'file:/dev/null/books.db' })
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^The database cannot be opened: .* Check DATABASE_URL\.\n$/),
  ])
})

test('W27 an audit log that cannot be opened, too', async () => {
  const { status, stderr } = await api({ WORKERS: '2', AUDIT_LOG: '/dev/null/audit.log' })
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^The audit log cannot be opened: .* Check AUDIT_LOG\.\n$/),
  ])
})
