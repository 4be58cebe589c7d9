// Inspects the SQLite database and Redis without changing them.

import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createDoctorSetup } from '../../src/app/doctor-setup.ts'
import { parseConfig } from '../../src/config/config.ts'
import { openDatabase } from '../../src/database/database.ts'
import { runSetupChecks } from '../../src/doctor/setup-checks.ts'
import { checkOktaSetup, problemIds } from '../support/doctor/check-okta-setup.ts'
import { type StubOkta, startStubOkta } from '../support/doctor/stub-okta.ts'
import { findFreePort } from '../support/free-port.ts'
import { portOfServer, startTcpServer } from '../support/tcp-server.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

let okta: StubOkta
let folder: string
beforeAll(async () => {
  okta = await startStubOkta()
  folder = createTemporaryFolder()
})
afterAll(() => okta.close())

/** The size of the first page, which has the schema. */
const SCHEMA_BYTES = 4_096

const inFolder = (name: string) => join(folder, name)
const checkDatabase = async (path: string) => {
  const lines = await checkOktaSetup(okta, { DATABASE_URL: `file:${path}` })
  return lines.find(({ check }) => check === 'database')
}

test('accepts a missing database and does not create it', async () => {
  const path = inFolder('deep/down/books.db')
  expect(await checkDatabase(path)).toMatchObject({
    status: 'ok',
    found: expect.stringContaining('does not exist yet'),
  })
  expect(existsSync(inFolder('deep'))).toBe(false)
})

test('accepts a migrated database, and an empty one without migrating it', async () => {
  await (await openDatabase(`file:${inFolder('books.db')}`)).destroy()
  expect(await checkDatabase(inFolder('books.db'))).toMatchObject({
    found: expect.stringContaining('up to date'),
  })
  writeFileSync(inFolder('empty.db'), '')
  expect(await checkDatabase(inFolder('empty.db'))).toMatchObject({
    found: expect.stringContaining('next start'),
  })
  expect(new DatabaseSync(inFolder('empty.db')).prepare('select * from sqlite_schema').all()).toEqual([])
})

test('reports a damaged file, or one that is not a database (D20g), and an impossible folder (D20a)', async () => {
  writeFileSync(inFolder('letter.db'), 'Dear Agatha, '.repeat(100))
  expect(await checkDatabase(inFolder('letter.db'))).toMatchObject({
    id: 'D20g',
    found: expect.stringContaining('file is not a database'),
    mend: expect.stringContaining('restore a backup'),
  })
  await (await openDatabase(`file:${inFolder('damaged.db')}`)).destroy()
  writeFileSync(inFolder('damaged.db'), Buffer.alloc(SCHEMA_BYTES, 0xa5), { flag: 'r+' })
  expect(await checkDatabase(inFolder('damaged.db'))).toMatchObject({ id: 'D20g' })
  expect(await checkDatabase('/dev/null/books.db')).toMatchObject({ id: 'D20a' })
  expect(readdirSync(folder).filter((name) => name.startsWith('letter'))).toEqual(['letter.db'])
})

test('reports a database of a newer version (D20b)', async () => {
  const path = inFolder('newer.db')
  await (await openDatabase(`file:${path}`)).destroy()
  const changed = new DatabaseSync(path)
  changed.exec("insert into kysely_migration (name, timestamp) values ('999_later', '')")
  changed.close()
  expect(await checkDatabase(path)).toMatchObject({ id: 'D20b', found: expect.stringContaining('999_later') })
})

test('reports a read-only database (D20c)', async () => {
  // The tests may run as root, which ignores file permissions: the state is injected.
  const config = parseConfig({ OKTA_ISSUER: okta.url, PORT: '0', WEBAPP_PORT: '0' })
  const inspectDatabase = async () => ({ state: 'read-only', description: 'EACCES' }) as const
  const setup = { ...createDoctorSetup(config), inspectDatabase }
  expect(problemIds(await runSetupChecks(setup))).toEqual(['D20c'])
})

/** Starts a server that speaks enough of Redis' protocol to answer INFO. */
const startStubRedis = (version: string, policy: string) =>
  startTcpServer((received) => {
    const info = `redis_version:${version}\r\nloading:0\r\nmaxmemory_policy:${policy}\r\n`
    return received
      .split('*')
      .slice(1)
      .map((command) => (/info/i.test(command) ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n'))
      .join('')
  })

const REDIS_SERVERS: readonly {
  readonly id: string
  readonly title: string
  readonly version: string
  readonly policy: string
  readonly expectedFindings: readonly string[]
}[] = [
  {
    id: 'doctor/D21',
    title: 'accepts a suitable Redis',
    version: '7.4.0',
    policy: 'noeviction',
    expectedFindings: [],
  },
  {
    id: 'doctor/D21b',
    title: 'reports an old Redis',
    version: '6.2.1',
    policy: 'noeviction',
    expectedFindings: ['D21b'],
  },
  {
    id: 'doctor/D21c',
    title: 'warns about a Redis that evicts keys',
    version: '7.4.0',
    policy: 'allkeys-lru',
    expectedFindings: ['D21c'],
  },
]
test.each(REDIS_SERVERS)('$id $title', async ({ version, policy, expectedFindings }) => {
  const server = await startStubRedis(version, policy)
  expect(
    problemIds(await checkOktaSetup(okta, { REDIS_URL: `redis://127.0.0.1:${portOfServer(server)}` })),
  ).toEqual(expectedFindings)
  server.close()
})

test('reports an unreachable Redis without its password (D21a)', async () => {
  const lines = await checkOktaSetup(okta, {
    REDIS_URL: `redis://:hunter2%2B@127.0.0.1:${await findFreePort()}`,
  })
  expect(problemIds(lines)).toEqual(['D21a'])
  expect(lines.find(({ id }) => id === 'D21a')?.found).toMatch(/ECONNREFUSED/)
  expect(JSON.stringify(lines)).not.toMatch(/hunter2/)
})
