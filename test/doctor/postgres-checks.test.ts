// Inspects PostgreSQL databases without changing them.

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

async function checkDatabase(url: string) {
  const address = Object.assign(new URL(url), { password: encodeURIComponent(PASSWORD) })
  const lines = await checkOktaSetup(okta, { DATABASE_URL: address.href })
  expect(JSON.stringify(lines)).not.toContain('hunter2')
  return lines.find(({ check }) => check === 'database')
}

/** Creates a migrated database and returns its URL. */
async function createMigratedDatabase(): Promise<string> {
  const url = await createPostgresDatabase()
  await (await openDatabase(url)).destroy()
  return url
}

describePostgres('PostgreSQL', () => {
  test('accepts a migrated database, and an empty one without migrating it', async () => {
    expect(await checkDatabase(await createMigratedDatabase())).toMatchObject({
      status: 'ok',
      found: expect.stringMatching(/^"fakebook_test_\w+" of PostgreSQL \d.* up to date$/),
    })
    const empty = await createPostgresDatabase()
    expect(await checkDatabase(empty)).toMatchObject({
      status: 'ok',
      found: expect.stringContaining('next start'),
    })
    expect((await queryPostgres("select 1 from pg_tables where schemaname = 'public'", empty)).rows).toEqual(
      [],
    )
  })

  test('accepts a database of an older version', async () => {
    const url = await createMigratedDatabase()
    await queryPostgres("delete from kysely_migration where name = '006_idempotency'", url)
    await queryPostgres('drop table idempotency', url)
    expect(await checkDatabase(url)).toMatchObject({
      status: 'ok',
      found: expect.stringContaining('next start'),
    })
  })

  test('reports a database of a newer version (D20b)', async () => {
    const url = await createMigratedDatabase()
    await queryPostgres("insert into kysely_migration values ('999_later', '')", url)
    expect(await checkDatabase(url)).toMatchObject({
      id: 'D20b',
      found: expect.stringContaining('999_later'),
    })
  })

  test('reports an unusable database with the error message of the server’s start (D20d)', async () => {
    const url = await createPostgresDatabase()
    const rows: readonly { readonly change: object; readonly message: RegExp }[] = [
      { change: { port: String(await findFreePort()) }, message: /nothing listens there/ },
      { change: { pathname: '/fakebook_none' }, message: /make it with "createdb"/ },
      { change: { username: 'fakebook_nobody' }, message: /does not know this user/ },
      { change: { search: '?sslmode=verify-full' }, message: /leave sslmode out/ },
      {
        change: { search: '?sslrootcert=/nope.crt' },
        message: /sslrootcert, sslcert and sslkey must name files that exist/,
      },
    ]
    for (const { change, message } of rows)
      expect(await checkDatabase(Object.assign(new URL(url), change).href)).toMatchObject({
        id: 'D20d',
        found: expect.stringMatching(message),
      })
  })

  test('reports a read-only database (D20e)', async () => {
    const url = await createMigratedDatabase()
    await queryPostgres(
      `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`,
    )
    expect(await checkDatabase(url)).toMatchObject({
      id: 'D20e',
      found: expect.stringContaining('default_transaction_read_only is on'),
    })
  })

  test('reports a user without the required privileges (D20f)', async () => {
    expect(await checkDatabase(await createUnprivilegedRole(await createPostgresDatabase()))).toMatchObject({
      id: 'D20f',
      found: expect.stringMatching(/may not create tables in it/),
    })
    const url = await createMigratedDatabase()
    await queryPostgres('grant select on all tables in schema public to public', url)
    await queryPostgres('grant insert on books to public', url)
    expect(await checkDatabase(await createUnprivilegedRole(url))).toMatchObject({
      id: 'D20f',
      found: expect.stringMatching(
        /may not insert in keep, update in keep, delete in keep, insert in idempotency/,
      ),
    })
    await queryPostgres('grant insert, update, delete on keep to public', url)
    await queryPostgres('grant insert, delete on idempotency to public', url)
    // Saving a record replaces an expired one.
    expect(await checkDatabase(await createUnprivilegedRole(url))).toMatchObject({
      id: 'D20f',
      found: expect.stringMatching(/may not update in idempotency\.$/),
    })
    await queryPostgres('grant update on idempotency to public', url)
    const sufficient = await createUnprivilegedRole(url)
    expect(await checkDatabase(sufficient)).toMatchObject({ status: 'ok' })
    await (await openDatabase(sufficient)).destroy()
  })
})
