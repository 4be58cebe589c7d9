import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { REFUSED_STARTS } from '../../cases/app/invalid-worker-starts.ts'
import { run } from '../../support/cli-process.ts'
import { type ScriptedIssuer, scriptedIssuer } from '../../support/stub-issuer.ts'

let issuer: ScriptedIssuer
beforeAll(async () => {
  issuer = await scriptedIssuer()
})
afterAll(() => issuer.close())

const api = (settings: Readonly<Record<string, string>>, command = 'api') =>
  run([command], { OKTA_ISSUER: issuer.url, PORT: '0', ...settings })

test.each(REFUSED_STARTS)('%s %s', async (_, _name, command, settings, line) => {
  const { status, out, err } = await api(settings, command)
  expect([status, out, err]).toEqual([2, '', expect.stringMatching(line)])
  expect(err.match(/WORKERS: /g)).toHaveLength(1)
})

test('W25 a port in use is told once, by the one that tried, and nothing else starts', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const { status, out, err } = await api({ WORKERS: '3', PORT: String(port) })
  taken.close()
  expect([status, out, err]).toEqual([
    1,
    '',
    `Port ${port} is in use. Set PORT to another, as PORT=${port + 1}.\n`,
  ])
})

test('W26 so is a database that cannot be opened', async () => {
  const { status, err } = await api({ WORKERS: '3', DATABASE_URL: 'file:/dev/null/books.db' })
  expect([status, err]).toEqual([
    1,
    expect.stringMatching(/^The database cannot be opened: .* Check DATABASE_URL\.\n$/),
  ])
})

test('W27 an audit log that cannot be opened, too', async () => {
  const { status, err } = await api({ WORKERS: '2', AUDIT_LOG: '/dev/null/audit.log' })
  expect([status, err]).toEqual([
    1,
    expect.stringMatching(/^The audit log cannot be opened: .* Check AUDIT_LOG\.\n$/),
  ])
})
