import { join } from 'node:path'
import type { DatabaseKind } from '../support/bench-fixture.ts'
import { createPostgresDatabases } from '../support/postgres-databases.ts'
import type { ServerCommand } from '../support/server-process.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

/**
 * Runs a function with commands that give each server an empty database of its own, and removes the databases afterwards.
 * @param kind undefined: each server keeps its books in memory
 */
export async function withDatabases<Result>(
  commands: readonly ServerCommand[],
  kind: DatabaseKind | undefined,
  run: (commands: readonly ServerCommand[]) => Promise<Result>,
): Promise<Result> {
  if (kind === undefined) return run(commands)
  const postgres = createPostgresDatabases()
  try {
    const prepared: ServerCommand[] = []
    for (const command of commands) {
      const file = join(createTemporaryFolder(), 'books.db')
      const url = kind === 'SQLite' ? `file:${file}` : await postgres.create()
      // The first is read by this project, the second by the peers.
      prepared.push({ ...command, env: { ...command.env, DATABASE_URL: url, BOOKS_FILE: file } })
    }
    return await run(prepared)
  } finally {
    await postgres.drop()
  }
}
