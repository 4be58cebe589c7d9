import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedAuthorizationServer } from '../../src/app/authorization-server.ts'
import { parseConfig } from '../../src/config/config.ts'
import { POSTGRES_ADMIN_URL, queryPostgres } from '../../test/support/query-postgres.ts'

export type Kind = 'SQLite' | 'PostgreSQL'
export const KINDS: readonly Kind[] = ['SQLite', 'PostgreSQL']

/** What every bench needs: an issuer, a token that may do everything, and new databases that end with it. */
export type Stage = {
  readonly issuer: string
  readonly token: string
  /** @returns the URL of a new, empty database */
  newDatabase(kind: Kind): Promise<string>
  /** @returns the path of a file that is not there yet */
  newFile(name: string): string
}

/** Runs a bench, and takes away what it made. */
export async function onStage<T>(bench: (stage: Stage) => Promise<T>): Promise<T> {
  const issuer = await startEmbeddedAuthorizationServer(parseConfig({ ISSUER_PORT: '0' }), undefined)
  const folder = mkdtempSync(join(tmpdir(), 'fakebook-bench-'))
  const made: string[] = []
  const newFile = (name: string) => join(folder, `${randomUUID()}-${name}`)
  try {
    return await bench({
      issuer: issuer.url,
      token: await fetchToken(issuer.url),
      newFile,
      async newDatabase(kind) {
        if (kind === 'SQLite') return `file:${newFile('books.db')}`
        const name = `fakebook_bench_${randomUUID().replaceAll('-', '')}`
        await queryPostgres(`create database ${name}`)
        made.push(name)
        return Object.assign(new URL(POSTGRES_ADMIN_URL), { pathname: `/${name}` }).href
      },
    })
  } finally {
    for (const name of made) await queryPostgres(`drop database if exists ${name} with (force)`)
    rmSync(folder, { recursive: true, force: true })
    await issuer.close()
  }
}

/** As the job gets its own. */
async function fetchToken(issuer: string): Promise<string> {
  const response = await fetch(`${issuer}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('fakebook-cron:fakebook-cron-secret')}` },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'fakebookapi.read fakebookapi.admin',
    }),
  })
  const { access_token } = (await response.json()) as { access_token: string }
  return access_token
}
