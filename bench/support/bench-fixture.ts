import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { startEmbeddedAuthorizationServer } from '../../src/app/authorization-server.ts'
import { parseConfig } from '../../src/config/config.ts'
import { requestToken } from '../../test/support/request-token.ts'
import { createPostgresDatabases } from './postgres-databases.ts'
import { apiCommand, type ServerProcess, spawnNode, startServer } from './server-process.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

export type DatabaseKind = 'SQLite' | 'PostgreSQL'
export const DATABASE_KINDS: readonly DatabaseKind[] = ['SQLite', 'PostgreSQL']

export type BenchFixture = Awaited<ReturnType<typeof createBenchFixture>>

/** Starts the embedded authorization server, whose token endpoint the job needs. `close` also drops the databases. */
export async function createBenchFixture() {
  const issuer = await startEmbeddedAuthorizationServer(parseConfig({ ISSUER_PORT: '0' }), undefined)
  const folder = createTemporaryFolder()
  const postgres = createPostgresDatabases()
  const newFile = (name: string) => join(folder, `${randomUUID()}-${name}`)
  return {
    /** Grants all scopes. */
    token: await requestToken(issuer.url, 'fakebookapi.read fakebookapi.admin'),
    /** Returns the path of a file that does not exist yet. */
    newFile,
    /** Returns the URL of a new, empty database. */
    async createDatabase(kind: DatabaseKind): Promise<string> {
      return kind === 'SQLite' ? `file:${newFile('books.db')}` : postgres.create()
    },
    /** @param script a program that starts the API in place of src/main.ts */
    startApi(env: Readonly<Record<string, string>>, script?: string): Promise<ServerProcess> {
      const command = apiCommand({ LOG_LEVEL: 'fatal', AUDIT_LOG: 'off', ...env })
      return startServer(script === undefined ? command : { ...command, args: [script] }, issuer.url)
    },
    startImport: ({ origin }: ServerProcess, file: string) =>
      spawnNode(['src/main.ts', 'job', 'import', file, '--json'], {
        OKTA_ISSUER: issuer.url,
        API_URL: origin,
      }),
    async close(): Promise<void> {
      await postgres.drop()
      await issuer.close()
    },
  }
}
