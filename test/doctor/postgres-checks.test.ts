// PostgreSQL is looked at, and left as it is.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/database/database.ts'
import { createPostgresDatabase, createUnprivilegedRole, describePostgres } from '../support/databases.ts'
import { checkOktaSetup } from '../support/doctor/check-okta-setup.ts'
import { type StubOkta, startStubOkta } from '../support/doctor/stub-okta.ts'
import { findFreePort } from '../support/free-port.ts'
import { queryPostgres } from '../support/query-postgres.ts'

let okta: StubOkta
beforeAll(async () => {
  okta = await startStubOkta()
})
afterAll(() => okta.close())

const PASSWORD = 'hunter2/%'

async function database(url: string) {
  const address = Object.assign(new URL(url), { password: encodeURIComponent(PASSWORD) })
  const lines = await checkOktaSetup(okta, { DATABASE_URL: address.href })
  expect(JSON.stringify(lines)).not.toContain('hunter2')
  return lines.find(({ check }) => check === 'database')
}

/** @returns the URL of a database as the API leaves it */
async function migrated(): Promise<string> {
  const url = await createPostgresDatabase()
  await (await openDatabase(url)).destroy()
  return url
}
const alter = (url: string, change: string) =>
  queryPostgres(`alter database ${new URL(url).pathname.slice(1)} ${change}`)

describePostgres('PostgreSQL', () => {
  test('as the API leaves it; one without tables would be brought up to date, and is not', async () => {
    expect(await database(await migrated())).toMatchObject({
      status: 'ok',
      found: expect.stringMatching(/^"fakebook_test_\w+" of PostgreSQL \d.* up to date$/),
    })
    const empty = await createPostgresDatabase()
    expect(await database(empty)).toMatchObject({
      status: 'ok',
      found: expect.stringContaining('next start'),
    })
    expect((await queryPostgres("select 1 from pg_tables where schemaname = 'public'", empty)).rows).toEqual(
      [],
    )
  })

  test('one of an older version would be brought up to date', async () => {
    const url = await migrated()
    await queryPostgres("delete from kysely_migration where name = '006_idempotency'", url)
    await queryPostgres('drop table idempotency', url)
    expect(await database(url)).toMatchObject({ status: 'ok', found: expect.stringContaining('next start') })
  })

  test('D20b one of a newer version', async () => {
    const url = await migrated()
    await queryPostgres("insert into kysely_migration values ('999_later', '')", url)
    expect(await database(url)).toMatchObject({ id: 'D20b', found: expect.stringContaining('999_later') })
  })

  test('D20d none at all, in the words of a start', async () => {
    const url = await createPostgresDatabase()
    const rows: readonly (readonly [object, RegExp])[] = [
      [{ port: String(await findFreePort()) }, /nothing listens there/],
      [{ pathname: '/fakebook_none' }, /make it with "createdb"/],
      [{ username: 'fakebook_nobody' }, /does not know this user/],
      [{ search: '?sslmode=verify-full' }, /leave sslmode out/],
      [{ search: '?sslrootcert=/nope.crt' }, /the file of sslrootcert cannot be read/],
    ]
    for (const [change, words] of rows)
      expect(await database(Object.assign(new URL(url), change).href)).toMatchObject({
        id: 'D20d',
        found: expect.stringMatching(words),
      })
  })

  test('D20e one that takes no writes', async () => {
    const url = await migrated()
    await alter(url, 'set default_transaction_read_only = on')
    expect(await database(url)).toMatchObject({
      id: 'D20e',
      found: expect.stringContaining('default_transaction_read_only is on'),
    })
  })

  test('D20f a user that may not do what it must', async () => {
    expect(await database(await createUnprivilegedRole(await createPostgresDatabase()))).toMatchObject({
      id: 'D20f',
      found: expect.stringMatching(/may not create tables in it/),
    })
    const url = await migrated()
    await queryPostgres('grant select on all tables in schema public to public', url)
    await queryPostgres('grant insert on books to public', url)
    expect(await database(await createUnprivilegedRole(url))).toMatchObject({
      id: 'D20f',
      found: expect.stringMatching(
        /may not insert in keep, update in keep, delete in keep, insert in idempotency/,
      ),
    })
    await queryPostgres('grant insert, update, delete on keep to public', url)
    await queryPostgres('grant insert, delete on idempotency to public', url)
    const enough = await createUnprivilegedRole(url)
    expect(await database(enough)).toMatchObject({ status: 'ok' })
    await (await openDatabase(enough)).destroy()
  })
})
