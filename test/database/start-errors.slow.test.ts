import { expect, test } from '@jest/globals'
import { openDatabase } from '../../src/database/database.ts'
import {
  type DatabaseFixture,
  HIDDEN_PASSWORD,
  INVALID_DATABASE_URLS,
  UNAVAILABLE_DATABASES,
} from '../cases/database/start-errors.ts'
import { runCli } from '../support/cli-process.ts'
import { createPostgresDatabase, createUnprivilegedRole, describePostgres } from '../support/databases.ts'
import { findFreePort } from '../support/free-port.ts'
import { queryPostgres } from '../support/query-postgres.ts'
import { portOfServer, startTcpServer } from '../support/tcp-server.ts'

const startApi = (url: string) =>
  runCli(['api'], { PORT: '0', OKTA_ISSUER: 'http://localhost:1/oauth2/default', DATABASE_URL: url })

test.each(INVALID_DATABASE_URLS)('$id rejects $title with exit status 2', async ({ url, line }) => {
  const { status, stdout, stderr } = await startApi(url)
  expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(line)])
  expect(stderr).not.toContain(HIDDEN_PASSWORD)
})

async function createFixture(): Promise<DatabaseFixture> {
  const url = await createPostgresDatabase()
  return {
    url: new URL(url),
    createRoleUrl: async () => new URL(await createUnprivilegedRole(url)),
    alter: (change) => queryPostgres(`alter database ${new URL(url).pathname.slice(1)} ${change}`),
    async applyNewerMigration() {
      await (await openDatabase(url)).destroy()
      await queryPostgres("insert into kysely_migration values ('999_later', '2026-01-01')", url)
    },
    findFreePort,
    startOtherServer: async () =>
      portOfServer(await startTcpServer(() => 'HTTP/1.1 400 Bad Request\r\n\r\n')),
  }
}

describePostgres('on PostgreSQL', () => {
  test.each(UNAVAILABLE_DATABASES)('$id reports $title with exit status 1', async ({ createUrl, line }) => {
    const url = await createUrl(await createFixture())
    // A server that requires no password ignores it.
    url.password = `${HIDDEN_PASSWORD}%2F%25`
    const { status, stdout, stderr } = await startApi(url.href)
    expect([status, stdout, stderr]).toEqual([1, '', expect.stringMatching(line)])
    expect(stderr).not.toContain(HIDDEN_PASSWORD)
  })
})
