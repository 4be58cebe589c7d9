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
  const { status, statusText, hasErrors, denied, durationMs, bytes } = summary
  const isSuccess = status < 300
  const words = statusText || (isSuccess ? 'OK' : 'Rejected')
  const isPartial = isSuccess && denied.length > 0
  const result = isPartial ? 'partial' : isSuccess && !hasErrors ? 'success' : 'refusal'
  const withErrors = isSuccess && hasErrors ? ', with errors' : ''
  const errors = denied.length > 0 ? `, denied: ${denied.join(', ')}` : withErrors
  return (
    <p role="status" className={`ide-response ide-${result}`}>
      <strong>{`${status} ${words}${errors}`}</strong>{' '}
      <span>{`· ${Math.round(durationMs)} ms · ${formatBytes(bytes)}`}</span>
    </p>
  )
}

const formatBytes = (bytes: number) => (bytes < 1_000 ? `${bytes} B` : `${(bytes / 1_000).toFixed(1)} kB`)
