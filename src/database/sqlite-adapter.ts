import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

export type SqlParameters = readonly SQLInputValue[]

/** Adapts `node:sqlite` to Kysely. Prepared statements are cached: their texts are few and take parameters. */
export function createDatabaseAdapter(database: DatabaseSync) {
  const statements = new Map<string, ReturnType<typeof createStatementAdapter>>()
  return {
    close: () => database.close(),
    prepare(query: string) {
      // Every transaction here writes. Taking the lock at once avoids failing to upgrade a read lock later.
      if (query === 'begin') return createStatementAdapter(database.prepare('begin immediate'))
      const statement = statements.get(query) ?? createStatementAdapter(database.prepare(query))
      statements.set(query, statement)
      return statement
    },
  }
}

/** Reads rows as arrays, which takes `node:sqlite` half the time, and converts them to objects of one shape. */
function createStatementAdapter(statement: StatementSync) {
  const columns = statement.columns().map(({ name }) => name)
  statement.setReturnArrays(true)
  const toObject = (row: unknown) => createRowObject(columns, row as readonly unknown[])
  return {
    reader: columns.length > 0,
    get(parameters: SqlParameters) {
      const row = statement.get(...parameters)
      return row && toObject(row)
    },
    all: (parameters: SqlParameters) => statement.all(...parameters).map(toObject),
    run: (parameters: SqlParameters) => statement.run(...parameters),
    *iterate(parameters: SqlParameters) {
      for (const row of statement.iterate(...parameters)) yield toObject(row)
    },
  }
}

function createRowObject(columns: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (let i = 0; i < columns.length; i++) row[columns[i] ?? ''] = values[i]
  return row
}
