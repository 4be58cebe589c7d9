import { expect, test } from '@jest/globals'
import { DatabaseOpenError, mapOutage } from '../../src/database/errors.ts'
import { ApiError } from '../../src/errors/api-error.ts'

const rejectWith = (code: string) => {
  const error = Object.assign(new Error('of a query'), { code })
  return { error, mapped: mapOutage(Promise.reject(error)).catch((mapped: unknown) => mapped) }
}

test.each(['ECONNREFUSED', 'EAI_AGAIN', '57P01', '53300', 'CERT_HAS_EXPIRED', 'ERR_SQLITE_ERROR'])(
  'maps %s to an outage',
  async (code) => {
    expect(await rejectWith(code).mapped).toBeInstanceOf(ApiError)
  },
)

test.each(['ERR_ASSERTION', 'ERR_INVALID_ARG_TYPE', '42601', '22P02', '23505'])(
  'does not map %s, which is a bug',
  async (code) => {
    const { error, mapped } = rejectWith(code)
    expect(await mapped).toBe(error)
  },
)

test.each(['EACCES', 'EPERM', 'EROFS'])('says what must be writable after %s', (code) => {
  const error = Object.assign(new Error(`${code}: not possible, open '/data/books.db'`), { code })
  expect(new DatabaseOpenError(error).message).toMatch(
    / \(the file and its folder must be writable\)\. Check DATABASE_URL\.$/,
  )
})

test.each([
  ['timeout exceeded when trying to connect', 'the server does not answer, or is not PostgreSQL'],
  ['Connection terminated due to connection timeout', 'the server does not answer, or is not PostgreSQL'],
  ['SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', 'the server requires a password'],
])('adds the remedy to %s', (message, remedy) => {
  expect(new DatabaseOpenError(new Error(message)).message).toContain(`${message} (${remedy})`)
})
