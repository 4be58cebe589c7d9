// A PostgreSQL server with TLS, and with a password of characters that are special in a URL.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createBookRepository } from '../../src/database/book-repository.ts'
import { Database, openDatabase } from '../../src/database/database.ts'
import { createPostgresDialect, DEFAULT_POOL_SETTINGS, POSTGRES_SQL } from '../../src/database/postgres.ts'
import { ApiError } from '../../src/errors/api-error.ts'
import { findFreePort } from '../support/free-port.ts'
import { canStartTlsPostgres, POSTGRES_PASSWORD, startTlsPostgres } from '../support/tls-postgres.ts'

const describeWithServer = canStartTlsPostgres ? describe : describe.skip
describeWithServer('a server with TLS and passwords', () => {
  let port: number
  let server: Awaited<ReturnType<typeof startTlsPostgres>>
  beforeAll(async () => {
    port = await findFreePort()
    server = await startTlsPostgres(port, 'IP:127.0.0.1')
  })
  afterAll(() => server?.close())

  const createUrl = (query: string, password = POSTGRES_PASSWORD, host = '127.0.0.1') => {
    const encodedPassword = password === '' ? '' : `:${encodeURIComponent(password)}`
    return `postgres://owner${encodedPassword}@${host}:${port}/postgres?${query}`
  }
  const withCa = () => `sslrootcert=${server.caPath}`

  /** Opens the database and counts its books. */
  async function countBooks(url: string): Promise<number> {
    const database = await openDatabase(url)
    const books = await database.selectFrom('books').select('id').execute()
    await database.destroy()
    return books.length
  }

  test.each(['verify-full', 'verify-ca', 'require', 'prefer'])(
    'database/E40 opens with sslmode=%s and the CA',
    async (mode) => {
      expect(await countBooks(createUrl(`sslmode=${mode}&${withCa()}`))).toBe(5)
    },
  )

  test('database/E41 opens with sslmode=no-verify, and with a CA alone', async () => {
    expect(await countBooks(createUrl('sslmode=no-verify'))).toBe(5)
    expect(await countBooks(createUrl(withCa()))).toBe(5)
  })

  test.each([
    {
      id: 'database/E42',
      title: 'another CA',
      getUrl: () => createUrl(`sslmode=verify-full&sslrootcert=${server.otherCaPath}`),
      hint: /\(set sslrootcert to/,
    },
    {
      id: 'database/E43',
      title: 'the system CAs',
      getUrl: () => createUrl('sslmode=verify-full'),
      hint: /\(set sslrootcert to/,
    },
    {
      id: 'database/E44',
      title: 'sslmode=require without a CA',
      getUrl: () => createUrl('sslmode=require'),
      hint: /\(set sslrootcert to/,
    },
    {
      id: 'database/E45',
      title: 'another host',
      getUrl: () => createUrl(`sslmode=verify-full&${withCa()}`, POSTGRES_PASSWORD, 'localhost'),
      hint: /\(use the host name that its certificate is for\)/,
    },
    {
      id: 'database/E46',
      title: 'no TLS',
      getUrl: () => createUrl('sslmode=disable'),
      hint: /does not allow it to connect from here\)/,
    },
    {
      id: 'database/E47',
      title: 'a wrong password',
      getUrl: () => createUrl(withCa(), 'hunter2'),
      hint: /"owner" \(the user or the password is wrong\)/,
    },
    {
      id: 'database/E48',
      title: 'no password',
      getUrl: () => createUrl(withCa(), ''),
      hint: /\(the server requires a password\)/,
    },
  ])('$id fails to open with $title, and says what to do', async ({ getUrl, hint }) => {
    const error = await countBooks(getUrl()).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ name: 'DatabaseOpenError', message: expect.stringMatching(hint) })
    expect(String(error)).not.toMatch(/hunter2|p@ss|p%40ss/)
  })

  test.each([
    {
      id: 'database/E55',
      title: 'its certificate is from another CA',
      getUrl: () => createUrl(`sslmode=verify-full&sslrootcert=${server.otherCaPath}`),
    },
    {
      id: 'database/E56',
      title: 'its certificate is for another host',
      getUrl: () => createUrl(withCa(), POSTGRES_PASSWORD, 'localhost'),
    },
    { id: 'database/E57', title: 'the password is wrong', getUrl: () => createUrl(withCa(), 'hunter2') },
    { id: 'database/E58', title: 'a password is required', getUrl: () => createUrl(withCa(), '') },
  ])('$id reports an outage when, while serving, $title', async ({ getUrl }) => {
    const database = new Database(createPostgresDialect(getUrl(), DEFAULT_POOL_SETTINGS), POSTGRES_SQL)
    const error = await createBookRepository(database)
      .ping()
      .catch((thrown: Error) => thrown)
    expect(error instanceof ApiError ? error.details.code : String(error)).toBe('SERVICE_UNAVAILABLE')
    await database.destroy()
  })
})
