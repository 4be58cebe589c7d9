import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { EXAMPLE_QUERIES } from './example-queries.ts'
import type { HistoryEntry } from './history.ts'
import { useIde } from './ide-context.ts'

/** Returns a function that opens an operation, in a new tab if the active one contains a query that would be lost. */
export function useOpenOperation(): (operation: HistoryEntry) => void {
  const { history } = useIde()
  const { queryEditor, variableEditor } = useGraphiQL(pick('queryEditor', 'variableEditor'))
  const { addTab, setOperationName } = useGraphiQLActions()
  return ({ query, variables, operationName }) => {
    const currentQuery = queryEditor?.getValue() ?? ''
    const isKept = [...EXAMPLE_QUERIES, ...history].some((other) => other.query === currentQuery)
    if (currentQuery.trim() !== '' && !isKept) addTab()
    queryEditor?.setValue(query)
    variableEditor?.setValue(variables)
    // GraphiQL updates the operation name later, and until then would run the query under the previous name.
    setOperationName(operationName)
  }
}
