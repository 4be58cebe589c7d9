import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, describe } from '@jest/globals'
import { createTemporaryFolder } from './cli-process.ts'
import { POSTGRES_ADMIN_URL, queryPostgres } from './query-postgres.ts'

/** Whether PostgreSQL is here; CI fails on what is skipped without it. */
export const hasPostgres = await queryPostgres('select 1').then(
  () => true,
  () => false,
)

/** Each waits for PostgreSQL's next checkpoint: on a busy machine, a second. */
const DROPPING_MS = 120_000

const made: string[] = []
const roles: string[] = []

/** Tests of PostgreSQL alone; skipped on a machine without it. */
export const describePostgres = hasPostgres ? describe : describe.skip

type Kind = 'SQLite' | 'PostgreSQL'

/**
 * The same tests on both databases; on a machine without PostgreSQL its half is skipped.
 * @param tests gets what makes a new, empty database, which ends with the file
 */
export function describeEachDatabase(tests: (newDatabase: () => Promise<string>, kind: Kind) => void): void {
  describe('on SQLite', () => tests(newFile, 'SQLite'))
  describePostgres('on PostgreSQL', () => tests(createPostgresDatabase, 'PostgreSQL'))
}

const newFile = async () => `file:${join(createTemporaryFolder(), 'books.db')}`

/** @returns the URL of a new database on the server */
export async function createPostgresDatabase(): Promise<string> {
  const name = `fakebook_test_${randomUUID().replaceAll('-', '')}`
  await queryPostgres(`create database ${name}`)
  made.push(name)
  return Object.assign(new URL(POSTGRES_ADMIN_URL), { pathname: `/${name}` }).href
}

/** @returns the same database as a new role, which may read, write and make nothing in it */
export async function createUnprivilegedRole(url: string): Promise<string> {
  const name = `fakebook_role_${randomUUID().replaceAll('-', '')}`
  await queryPostgres(`create role ${name} login`)
  roles.push(name)
  return Object.assign(new URL(url), { username: name }).href
}

afterAll(async () => {
  for (const name of made) await queryPostgres(`drop database if exists ${name} with (force)`)
  for (const name of roles) await queryPostgres(`drop role if exists ${name}`)
}, DROPPING_MS)
