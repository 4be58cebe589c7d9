import { useGraphiQL } from '@graphiql/react'
import { useIde } from './ide-context.ts'

/** Shows the result of the last request above its response, or a hint while there is none. */
export function ResponseLine() {
  const { summary } = useIde()
  const isEmpty = useGraphiQL(
    ({ tabs, activeTabIndex, isFetching }) => !isFetching && !tabs[activeTabIndex]?.response,
  )
  if (!summary)
    return (
      <p role="status" className="ide-response">
        {isEmpty && 'Execute the query to see its response.'}
      </p>
    )
  const { status, statusText, hasErrors, durationMs, bytes } = summary
  const isSuccess = status < 300
  const words = statusText || (isSuccess ? 'OK' : 'Rejected')
  return (
    <p role="status" className={`ide-response ${isSuccess && !hasErrors ? 'ide-success' : 'ide-refusal'}`}>
      <strong>{`${status} ${words}${isSuccess && hasErrors ? ', with errors' : ''}`}</strong>
      {` · ${Math.round(durationMs)} ms · ${formatBytes(bytes)}`}
    </p>
  )
}

const formatBytes = (bytes: number) => (bytes < 1_000 ? `${bytes} B` : `${(bytes / 1_000).toFixed(1)} kB`)
