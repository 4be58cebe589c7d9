import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, describe } from '@jest/globals'
import { POSTGRES_ADMIN_URL, queryPostgres } from './query-postgres.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

/** CI fails if PostgreSQL is missing, because it fails on skipped tests. */
export const hasPostgres = await queryPostgres('select 1').then(
  () => true,
  () => false,
)

/** Dropping a database waits for the next checkpoint: up to a second on a busy machine. */
const CLEANUP_TIMEOUT_MS = 120_000

const databases: string[] = []
const roles: string[] = []

/** Describes tests of PostgreSQL, skipped on a machine without it. */
export const describePostgres = hasPostgres ? describe : describe.skip

type Kind = 'SQLite' | 'PostgreSQL'

/**
 * Describes the same tests on both databases. Those of PostgreSQL are skipped on a machine without it.
 * @param tests receives a function that creates an empty database, which is dropped after the test file
 */
export function describeEachDatabase(tests: (newDatabase: () => Promise<string>, kind: Kind) => void): void {
  describe('on SQLite', () => tests(newFile, 'SQLite'))
  describePostgres('on PostgreSQL', () => tests(createPostgresDatabase, 'PostgreSQL'))
}

const newFile = async () => `file:${join(createTemporaryFolder(), 'books.db')}`

/** Creates a database, dropped after the test file, and returns its URL. */
export async function createPostgresDatabase(): Promise<string> {
  const name = `fakebook_test_${randomUUID().replaceAll('-', '')}`
  await queryPostgres(`create database ${name}`)
  databases.push(name)
  return Object.assign(new URL(POSTGRES_ADMIN_URL), { pathname: `/${name}` }).href
}

/** Creates a role without any privilege, and returns the database's URL with it. */
export async function createUnprivilegedRole(url: string): Promise<string> {
  const name = `fakebook_role_${randomUUID().replaceAll('-', '')}`
  await queryPostgres(`create role ${name} login`)
  roles.push(name)
  return Object.assign(new URL(url), { username: name }).href
}

afterAll(async () => {
  for (const name of databases) await queryPostgres(`drop database if exists ${name} with (force)`)
  for (const name of roles) await queryPostgres(`drop role if exists ${name}`)
}, CLEANUP_TIMEOUT_MS)
