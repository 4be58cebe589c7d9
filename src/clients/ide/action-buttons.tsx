import { pick, tryParseJSONC, useGraphiQL } from '@graphiql/react'
import { isAuthorization } from './access-token.ts'
import { buildCurlCommand } from './curl-command.ts'
import { withPreference } from './denied-fields.ts'
import { useIde } from './ide-context.ts'

const COPIED = 'Copied.'
const COPIED_WITH_TOKEN = 'Copied. The command reads the token from the environment variable ACCESS_TOKEN.'
const NOT_COPIED = 'Not copied: the variables or headers are not valid JSON, or the browser denies access.'
const NOT_DOWNLOADED = 'The schema was not downloaded. Is the API running?'

/** Buttons that copy the operation as a curl command, and that download the schema. */
export function ActionButtons({ downloadSchema }: { readonly downloadSchema: () => Promise<void> }) {
  const { settings, deniedFields, update } = useIde()
  const { operationName, queryEditor, variableEditor, headerEditor } = useGraphiQL(
    pick('operationName', 'queryEditor', 'variableEditor', 'headerEditor'),
  )
  const show = (message: string) => update({ notice: { kind: 'message', message } })
  async function copy() {
    const variables = tryParseJSONC(variableEditor?.getValue())
    const operation = { query: queryEditor?.getValue() ?? '', variables, operationName }
    const headers = tryParseJSONC(headerEditor?.getValue()) ?? {}
    const url = location.origin + location.pathname
    await navigator.clipboard.writeText(
      buildCurlCommand(url, operation, withPreference(headers, deniedFields)),
    )
    show(Object.keys(headers).some(isAuthorization) ? COPIED_WITH_TOKEN : COPIED)
  }
  return (
    <div>
      <button type="button" className="quiet" onClick={() => copy().catch(() => show(NOT_COPIED))}>
        Copy as cURL
      </button>
      {settings.introspection !== 'off' && (
        <button
          type="button"
          className="quiet"
          onClick={() => downloadSchema().catch(() => show(NOT_DOWNLOADED))}
        >
          Download SDL
        </button>
      )}
    </div>
  )
}
