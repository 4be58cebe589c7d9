import pg from 'pg'

/** The URL of a role that may create databases. */
export const POSTGRES_ADMIN_URL = process.env.TEST_POSTGRES ?? 'postgres://root@127.0.0.1:5432/postgres'

/** Runs a statement on its own connection. */
export async function queryPostgres(statement: string, url = POSTGRES_ADMIN_URL): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}
