import { useIde } from './ide-context.ts'

/** Shows the result of the last request above its response. */
export function ResponseLine() {
  const { summary } = useIde()
  if (!summary) return <p role="status" className="ide-response" />
  const { status, statusText, hasErrors, durationMs, bytes } = summary
  const isAnswered = status < 300
  const words = statusText || (isAnswered ? 'OK' : 'Rejected')
  return (
    <p role="status" className={`ide-response ${isAnswered && !hasErrors ? 'ide-success' : 'ide-refusal'}`}>
      <strong>{`${status} ${words}${isAnswered && hasErrors ? ', with errors' : ''}`}</strong>
      {` · ${Math.round(durationMs)} ms · ${formatBytes(bytes)}`}
    </p>
  )
}

const formatBytes = (bytes: number) => (bytes < 1_000 ? `${bytes} B` : `${(bytes / 1_000).toFixed(1)} kB`)
