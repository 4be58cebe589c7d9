import {
  pick,
  tryParseJSONC,
  useGraphiQL,
  useOperationsEditorState,
  useVariablesEditorState,
} from '@graphiql/react'
import { useIde } from './ide-context.ts'
import { Padlock } from './padlock.tsx'

/** Shows the decision that the API will make for the operation in the editor, computed with the API's own scope engine. */
export function OperationLine() {
  const prediction = usePrediction()
  return (
    <p className="ide-operation">
      {prediction && <Padlock state={prediction.state} />}
      {prediction?.text}
    </p>
  )
}

/** Returns undefined while the operation is incomplete or invalid: the editor marks the errors. */
function usePrediction(): { readonly state: 'open' | 'locked'; readonly text: string } | undefined {
  const { scopes, token, deniedFields } = useIde()
  const { operationName = '' } = useGraphiQL(pick('operationName'))
  const [query] = useOperationsEditorState()
  const [variables] = useVariablesEditorState()
  // The API rejects an expired token even where none is required.
  if (token.isTokenExpired)
    return { state: 'locked', text: 'This operation will be rejected: your token has expired.' }
  if (!scopes) return undefined
  try {
    const { decision, requirements } = scopes.explain({
      query,
      operationName: operationName || undefined,
      variables: tryParseJSONC(variables) ?? {},
      scopes: token.heldScopes,
      denied: deniedFields,
    })
    if (requirements.length === 0) return { state: 'open', text: 'This operation requires no scope.' }
    if (!decision.denials) return { state: 'open', text: 'Your token allows this operation.' }
    const coordinates = [...new Set(decision.denials.map(({ coordinate }) => coordinate))]
    const verb = coordinates.length === 1 ? 'requires' : 'require'
    const missing = [...new Set(decision.denials.flatMap(({ missingScopes }) => missingScopes))].join(' and ')
    const result = decision.allowed ? 'Denied fields will be null' : 'This operation will be rejected'
    return { state: 'locked', text: `${result}: ${coordinates.join(' and ')} ${verb} ${missing}.` }
  } catch {
    return undefined
  }
}
