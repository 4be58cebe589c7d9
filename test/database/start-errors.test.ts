// A start that cannot be says what to do, in one line, and never the password.

import { expect, test } from '@jest/globals'
import { openDatabase } from '../../src/database/database.ts'
import { NO_DATABASE, PASSWORD, type Place, WRONG_ADDRESSES } from '../cases/database/start-errors.ts'
import { run } from '../support/cli-process.ts'
import { asNewRole, newPostgres, onPostgres } from '../support/databases.ts'
import { onServer } from '../support/query-postgres.ts'
import { closedPort, listening, portOf } from '../support/tcp-server.ts'

const started = (url: string) =>
  run(['api'], { PORT: '0', OKTA_ISSUER: 'http://localhost:1/oauth2/default', DATABASE_URL: url })

test.each(WRONG_ADDRESSES)('%s %s: exit 2', async (_, __, url, line) => {
  const { status, out, err } = await started(url)
  expect([status, out, err]).toEqual([2, '', expect.stringMatching(line)])
  expect(err).not.toContain(PASSWORD)
})

async function newPlace(): Promise<Place> {
  const url = await newPostgres()
  return {
    url: new URL(url),
    asRole: async () => new URL(await asNewRole(url)),
    alter: (change) => onServer(`alter database ${new URL(url).pathname.slice(1)} ${change}`),
    async migrateFurther() {
      await (await openDatabase(url)).destroy()
      await onServer("insert into kysely_migration values ('999_later', '2026-01-01')", url)
    },
    closedPort,
    otherPort: async () => portOf(await listening(() => 'HTTP/1.1 400 Bad Request\r\n\r\n')),
  }
}

onPostgres('on PostgreSQL', () => {
  test.each(NO_DATABASE)('%s %s: exit 1', async (_, __, url, line) => {
    const address = await url(await newPlace())
    // Where nobody asks for a password, any will do.
    address.password = `${PASSWORD}%2F%25`
    const { status, out, err } = await started(address.href)
    expect([status, out, err]).toEqual([1, '', expect.stringMatching(line)])
    expect(err).not.toContain(PASSWORD)
  })
})
