import { randomUUID } from 'node:crypto'
import { POSTGRES_ADMIN_URL, queryPostgres } from '../../test/support/query-postgres.ts'

/** Creates empty databases on the PostgreSQL server of TEST_POSTGRES, and drops them. */
export function createPostgresDatabases() {
  const names: string[] = []
  return {
    /** Returns the URL of a new database. */
    async create(): Promise<string> {
      const name = `fakebook_bench_${randomUUID().replaceAll('-', '')}`
      await queryPostgres(`create database ${name}`)
      names.push(name)
      return Object.assign(new URL(POSTGRES_ADMIN_URL), { pathname: `/${name}` }).href
    },
    async drop(): Promise<void> {
      for (const name of names) await queryPostgres(`drop database if exists ${name} with (force)`)
    },
  }
}
