import type { CompiledQuery, DatabaseConnection, Dialect } from 'kysely'

/**
 * A dialect that writes down what is asked of the database, as the database is asked it.
 * @param queries gets each query, in the order in which they are asked
 */
export function createRecordingDialect(dialect: Dialect, queries: CompiledQuery[]): Dialect {
  const known = new WeakSet<DatabaseConnection>()
  return {
    createAdapter: () => dialect.createAdapter(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (database) => dialect.createIntrospector(database),
    createDriver() {
      const driver = dialect.createDriver()
      const acquire = driver.acquireConnection.bind(driver)
      driver.acquireConnection = async () => {
        const connection = await acquire()
        if (known.has(connection)) return connection
        known.add(connection)
        const execute = connection.executeQuery.bind(connection)
        connection.executeQuery = (query) => {
          queries.push(query)
          return execute(query)
        }
        return connection
      }
      return driver
    },
  }
}
