import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

export type SqlParameters = readonly SQLInputValue[]

/** A prepared statement takes some 20 kB, and the text of a search depends on the number of its words. */
const MAX_STATEMENTS = 200

type MapError = (error: unknown) => unknown

/**
 * Adapts `node:sqlite` to Kysely. Prepared statements are cached.
 * @param mapError returns the error to throw in place of one of SQLite
 */
export function createDatabaseAdapter(database: DatabaseSync, mapError: MapError = (error) => error) {
  const statements = new Map<string, ReturnType<typeof createStatementAdapter>>()
  return {
    close: () => database.close(),
    prepare: withMappedErrors(mapError, (query: string) => {
      const known = statements.get(query)
      if (known) return known
      // Statements in use are soon prepared again. To track the oldest one would cost every statement more.
      if (statements.size === MAX_STATEMENTS) statements.clear()
      // Every transaction here writes. Taking the lock at once avoids failing to upgrade a read lock later.
      const sql = query === 'begin' ? 'begin immediate' : query
      const statement = createStatementAdapter(database.prepare(sql), mapError)
      statements.set(query, statement)
      return statement
    }),
  }
}

/** Reads rows as arrays, which takes `node:sqlite` half the time, and converts them to objects of one shape. */
function createStatementAdapter(statement: StatementSync, mapError: MapError) {
  const columns = statement.columns().map(({ name }) => name)
  statement.setReturnArrays(true)
  const toObject = (row: unknown) => createRowObject(columns, row as readonly unknown[])
  return {
    reader: columns.length > 0,
    all: withMappedErrors(mapError, (parameters: SqlParameters) =>
      statement.all(...parameters).map(toObject),
    ),
    run: withMappedErrors(mapError, (parameters: SqlParameters) => statement.run(...parameters)),
    *iterate(parameters: SqlParameters) {
      for (const row of statement.iterate(...parameters)) yield toObject(row)
    },
  }
}

function withMappedErrors<Argument, Result>(mapError: MapError, call: (argument: Argument) => Result) {
  return (argument: Argument): Result => {
    try {
      return call(argument)
    } catch (error) {
      throw mapError(error)
    }
  }
}

function createRowObject(columns: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (let i = 0; i < columns.length; i++) row[columns[i] ?? ''] = values[i]
  return row
}
