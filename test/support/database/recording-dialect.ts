import type { CompiledQuery, DatabaseConnection, Dialect } from 'kysely'

/**
 * Wraps a dialect to record its compiled queries.
 * @param queries receives each query in order
 */
export function createRecordingDialect(dialect: Dialect, queries: CompiledQuery[]): Dialect {
  const wrapped = new WeakSet<DatabaseConnection>()
  return {
    createAdapter: () => dialect.createAdapter(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (database) => dialect.createIntrospector(database),
    createDriver() {
      const driver = dialect.createDriver()
      const acquireConnection = driver.acquireConnection.bind(driver)
      driver.acquireConnection = async () => {
        const connection = await acquireConnection()
        if (wrapped.has(connection)) return connection
        wrapped.add(connection)
        const executeQuery = connection.executeQuery.bind(connection)
        connection.executeQuery = (query) => {
          queries.push(query)
          return executeQuery(query)
        }
        return connection
      }
      return driver
    },
  }
}
