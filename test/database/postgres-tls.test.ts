// PostgreSQL by TLS, with a certificate that is checked, and a password with every letter that means something in a URL.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createBookRepository } from '../../src/database/book-repository.ts'
import { Database, openDatabase } from '../../src/database/database.ts'
import { createPostgresDialect, POSTGRES_SQL, SERVER_POOL_SETTINGS } from '../../src/database/postgres.ts'
import { ApiError } from '../../src/errors/api-error.ts'
import { findFreePort } from '../support/free-port.ts'
import { canStartTlsPostgres, POSTGRES_PASSWORD, startTlsPostgres } from '../support/tls-postgres.ts'

const here = canStartTlsPostgres ? describe : describe.skip
here('a server with TLS and passwords', () => {
  let port: number
  let server: Awaited<ReturnType<typeof startTlsPostgres>>
  beforeAll(async () => {
    port = await findFreePort()
    server = await startTlsPostgres(port, 'IP:127.0.0.1')
  })
  afterAll(() => server?.close())

  const url = (query: string, password = POSTGRES_PASSWORD, host = '127.0.0.1') => {
    const secret = password === '' ? '' : `:${encodeURIComponent(password)}`
    return `postgres://owner${secret}@${host}:${port}/postgres?${query}`
  }
  const checked = () => `sslrootcert=${server.caPath}`

  /** @returns how many books there are */
  async function opened(address: string): Promise<number> {
    const database = await openDatabase(address)
    const books = await database.selectFrom('books').select('id').execute()
    await database.destroy()
    return books.length
  }

  test.each(['verify-full', 'verify-ca', 'require', 'prefer'])(
    'E40 sslmode=%s with its CA opens',
    async (mode) => {
      expect(await opened(url(`sslmode=${mode}&${checked()}`))).toBe(5)
    },
  )

  test('E41 sslmode=no-verify opens, and so does a CA alone', async () => {
    expect(await opened(url('sslmode=no-verify'))).toBe(5)
    expect(await opened(url(checked()))).toBe(5)
  })

  test.each([
    [
      'E42',
      'another CA',
      () => url(`sslmode=verify-full&sslrootcert=${server.otherCaPath}`),
      /by sslrootcert\)/,
    ],
    ['E43', 'no CA of ours', () => url('sslmode=verify-full'), /by sslrootcert\)/],
    ['E44', 'require checks, too', () => url('sslmode=require'), /by sslrootcert\)/],
    [
      'E45',
      'another host',
      () => url(`sslmode=verify-full&${checked()}`, POSTGRES_PASSWORD, 'localhost'),
      /as its certificate does\)/,
    ],
    ['E46', 'without TLS', () => url('sslmode=disable'), /does not let it in from here\)/],
    [
      'E47',
      'a wrong password',
      () => url(checked(), 'hunter2'),
      /"owner" \(the user or the password is not right\)/,
    ],
    ['E48', 'no password', () => url(checked(), ''), /\(the server asks for a password\)/],
  ])('%s %s is refused', async (_, __, address, words) => {
    const fault = await opened(address()).catch((error: Error) => error)
    expect(fault).toMatchObject({ name: 'DatabaseOpenError', message: expect.stringMatching(words) })
    expect(String(fault)).not.toMatch(/hunter2|p@ss|p%40ss/)
  })

  test.each([
    ['E55', 'its certificate is another', () => url(`sslmode=verify-full&sslrootcert=${server.otherCaPath}`)],
    ['E56', 'its certificate is for another host', () => url(checked(), POSTGRES_PASSWORD, 'localhost')],
    ['E57', 'the password is another', () => url(checked(), 'hunter2')],
    ['E58', 'a password is asked for', () => url(checked(), '')],
  ])('%s while it serves, %s: an outage, and no fault of ours', async (_, __, address) => {
    const database = new Database(createPostgresDialect(address(), SERVER_POOL_SETTINGS), POSTGRES_SQL)
    const fault = await createBookRepository(database)
      .ping()
      .catch((error: Error) => error)
    expect(fault instanceof ApiError ? fault.details.code : String(fault)).toBe('SERVICE_UNAVAILABLE')
    await database.destroy()
  })
})
