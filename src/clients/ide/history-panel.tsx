import { type GraphiQLPlugin, HistoryIcon } from '@graphiql/react'
import { useIde } from './ide-context.ts'
import { useOpenOperation } from './use-open-operation.ts'

/** A panel of the operations that were executed in this browser. */
function HistoryPanel() {
  const { history } = useIde()
  const openOperation = useOpenOperation()
  return (
    <section className="ide-panel" aria-label="History">
      <h2>History</h2>
      <p>The latest operations that were executed, without headers.</p>
      <ul>
        {history.map((entry) => (
          <li key={JSON.stringify(entry)}>
            <button type="button" onClick={() => openOperation(entry)}>
              {entry.operationName || 'Unnamed operation'}
            </button>
            <span>{`${entry.query} ${entry.variables}`.replace(/\s+/g, ' ')}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Replaces GraphiQL's history plugin, which persists headers, and so tokens, in the browser's storage. */
export const HISTORY_PLUGIN: GraphiQLPlugin = {
  title: 'History',
  icon: HistoryIcon,
  content: HistoryPanel,
}
