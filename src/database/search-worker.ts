import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { createDatabaseAdapter, type SqlParameters } from './sqlite-adapter.ts'

// The thread of SearchThread: executes one statement after the other on a connection that only reads.

const adapter = createDatabaseAdapter(new DatabaseSync(String(workerData), { readOnly: true }))

type Statement = { readonly sql: string; readonly parameters: SqlParameters }

function execute({ sql, parameters }: Statement) {
  try {
    return { rows: adapter.prepare(sql).all(parameters) }
  } catch (error) {
    // A message between threads keeps only the name and the message of an error.
    const { message, code, errcode } = error as Error & Record<'code' | 'errcode', unknown>
    return { error: { message, code, errcode } }
  }
}

parentPort?.on('message', (statement: Statement) => parentPort?.postMessage(execute(statement)))
