// What is kept: the database and Redis are looked at, and left as they are.

import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createServerChecks } from '../../src/app/doctor-server-checks.ts'
import { createDoctorSetup } from '../../src/app/doctor-setup.ts'
import { parseConfig } from '../../src/config/config.ts'
import { openDatabase } from '../../src/database/database.ts'
import { DEFAULT_PROBE_LIMITS } from '../../src/doctor/http-probe.ts'
import { runSetupChecks } from '../../src/doctor/run-checks.ts'
import { createTemporaryFolder } from '../support/cli-process.ts'
import { checkOktaSetup, problemIds } from '../support/doctor/check-okta-setup.ts'
import { type StubOkta, startStubOkta } from '../support/doctor/stub-okta.ts'
import { findFreePort } from '../support/free-port.ts'
import { portOfServer, startTcpServer } from '../support/tcp-server.ts'

let okta: StubOkta
let folder: string
beforeAll(async () => {
  okta = await startStubOkta()
  folder = createTemporaryFolder()
})
afterAll(() => okta.close())

const inFolder = (name: string) => join(folder, name)
const database = async (path: string) => {
  const lines = await checkOktaSetup(okta, { DATABASE_URL: `file:${path}` })
  return lines.find(({ check }) => check === 'database')
}

test('a database that is not there yet is not made', async () => {
  const path = inFolder('deep/down/books.db')
  expect(await database(path)).toMatchObject({
    status: 'ok',
    found: expect.stringContaining('not there yet'),
  })
  expect(existsSync(inFolder('deep'))).toBe(false)
})

test('a database as the API leaves it opens; one without tables would be brought up to date', async () => {
  await (await openDatabase(`file:${inFolder('books.db')}`)).destroy()
  expect(await database(inFolder('books.db'))).toMatchObject({ found: expect.stringContaining('up to date') })
  writeFileSync(inFolder('empty.db'), '')
  expect(await database(inFolder('empty.db'))).toMatchObject({ found: expect.stringContaining('next start') })
  expect(new DatabaseSync(inFolder('empty.db')).prepare('select * from sqlite_schema').all()).toEqual([])
})

test('D20a what is no database, and a folder that cannot be', async () => {
  writeFileSync(inFolder('letter.db'), 'Dear Agatha, '.repeat(100))
  expect(await database(inFolder('letter.db'))).toMatchObject({ id: 'D20a' })
  expect(await database('/dev/null/books.db')).toMatchObject({ id: 'D20a' })
  expect(readdirSync(folder).filter((name) => name.startsWith('letter'))).toEqual(['letter.db'])
})

test('D20b a database of a newer version', async () => {
  const path = inFolder('newer.db')
  await (await openDatabase(`file:${path}`)).destroy()
  const changed = new DatabaseSync(path)
  changed.exec("insert into kysely_migration (name, timestamp) values ('999_later', '')")
  changed.close()
  expect(await database(path)).toMatchObject({ id: 'D20b', found: expect.stringContaining('999_later') })
})

test('D20c a database that can be read alone', async () => {
  // Whoever is root may write everything, so the state is handed in.
  const config = parseConfig({ OKTA_ISSUER: okta.url, PORT: '0', WEBAPP_PORT: '0' })
  const tools = createServerChecks(config, undefined, DEFAULT_PROBE_LIMITS)
  const inspectDatabase = async () => ({ state: 'read-only', description: 'EACCES' }) as const
  expect(problemIds(await runSetupChecks(createDoctorSetup(config), { ...tools, inspectDatabase }))).toEqual([
    'D20c',
  ])
})

/** Enough of Redis' protocol for a client that asks how it is. */
const redis = (version: string, policy: string) =>
  startTcpServer((sent) => {
    const info = `redis_version:${version}\r\nloading:0\r\nmaxmemory_policy:${policy}\r\n`
    return sent
      .split('*')
      .slice(1)
      .map((command) => (/info/i.test(command) ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n'))
      .join('')
  })

test.each([
  ['a right one', '7.4.0', 'noeviction', []],
  ['D21b an old one', '6.2.1', 'noeviction', ['D21b']],
  ['D21c one that forgets', '7.4.0', 'allkeys-lru', ['D21c']],
])('Redis: %s', async (_, version, policy, finds) => {
  const server = await redis(version, policy)
  expect(
    problemIds(await checkOktaSetup(okta, { REDIS_URL: `redis://127.0.0.1:${portOfServer(server)}` })),
  ).toEqual(finds)
  server.close()
})

test('D21a Redis is away, and its password is not told', async () => {
  const lines = await checkOktaSetup(okta, {
    REDIS_URL: `redis://:hunter2%2B@127.0.0.1:${await findFreePort()}`,
  })
  expect(problemIds(lines)).toEqual(['D21a'])
  expect(lines.find(({ id }) => id === 'D21a')?.found).toMatch(/ECONNREFUSED/)
  expect(JSON.stringify(lines)).not.toMatch(/hunter2/)
})
