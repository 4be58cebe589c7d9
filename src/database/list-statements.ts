import type { CompiledQuery } from 'kysely'
import type { Database } from './database.ts'
import type { SelectBooks } from './dialect.ts'
import { BOOK_COLUMNS, type StoredBook } from './tables.ts'

/** The values in the statement of a list without search words. */
export type ListValues = {
  readonly author: string | undefined
  readonly after: number | undefined
  readonly before: number | undefined
  readonly limit: number
}

type ValueName = keyof ListValues

/** Stands for a value while its query is built. */
class Placeholder {
  readonly name: ValueName
  constructor(name: ValueName) {
    this.name = name
  }
}

/** Builds a query from values that may be placeholders: it must not compute with them. */
type BuildList = (values: ListValues) => SelectBooks

const statementsByDatabase = new WeakMap<Database, Map<string, CompiledQuery<StoredBook>>>()

/**
 * Returns the statement of a list. It is compiled once for each shape, since building the query costs more than executing it.
 * @param shape names everything but the values that `build` depends on; the same one for few lists
 */
export function getListStatement(
  database: Database,
  shape: string,
  values: ListValues,
  build: BuildList,
): CompiledQuery<StoredBook> {
  const statements = statementsByDatabase.get(database) ?? new Map<string, CompiledQuery<StoredBook>>()
  statementsByDatabase.set(database, statements)
  const present = (['author', 'after', 'before'] as const).filter((name) => values[name] !== undefined)
  const key = `${shape} ${present.join(' ')}`
  let statement = statements.get(key)
  if (!statement) {
    const entries = [...present, 'limit' as const].map((name) => [name, new Placeholder(name)])
    const placeholders = Object.fromEntries(entries) as ListValues
    statement = build(placeholders).select(BOOK_COLUMNS).limit(placeholders.limit).compile()
    statements.set(key, statement)
  }
  const parameters = statement.parameters.map((value) =>
    value instanceof Placeholder ? values[value.name] : value,
  )
  return { ...statement, parameters }
}
