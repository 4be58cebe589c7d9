import {
  pick,
  tryParseJSONC,
  useGraphiQL,
  useOperationsEditorState,
  useVariablesEditorState,
} from '@graphiql/react'
import type { GraphQLSchema } from 'graphql'
import { explainOperation, type Rules } from '../../scopes/index.ts'
import { useSchema, useToken } from './ide-context.ts'
import { Padlock } from './padlock.tsx'

/** Shows the decision that the API will make for the operation in the editor, computed with the API's own scope engine. */
export function OperationLine() {
  const { rules } = useSchema()
  const { heldScopes, isTokenExpired } = useToken()
  const { schema, operationName } = useGraphiQL(pick('schema', 'operationName'))
  const [query] = useOperationsEditorState()
  const [variables] = useVariablesEditorState()
  // The API rejects an expired token even where none is required.
  const prediction = isTokenExpired
    ? TOKEN_EXPIRED
    : rules && schema && predictDecision(schema, rules, { query, variables, operationName }, heldScopes)
  if (!prediction) return <p className="ide-operation" />
  return (
    <p className="ide-operation" data-state={prediction.state}>
      <Padlock state={prediction.state} />
      {prediction.text}
    </p>
  )
}

type Prediction = { readonly state: 'open' | 'locked'; readonly text: string }

const TOKEN_EXPIRED: Prediction = {
  state: 'locked',
  text: 'This operation will be rejected: your token has expired.',
}

type EditorOperation = {
  readonly query: string
  readonly variables: string
  readonly operationName: string | null | undefined
}

/** Returns undefined while the operation is incomplete or invalid: the editor marks the errors. */
function predictDecision(
  schema: GraphQLSchema,
  rules: Rules,
  { query, variables, operationName }: EditorOperation,
  heldScopes: ReadonlySet<string>,
): Prediction | undefined {
  try {
    const { decision, requirements } = explainOperation(
      schema,
      rules,
      query,
      heldScopes,
      tryParseJSONC(variables) ?? {},
      operationName ?? undefined,
    )
    if (decision.allowed)
      return {
        state: 'open',
        text:
          requirements.length === 0
            ? 'This operation requires no scope.'
            : 'Your token allows this operation.',
      }
    const unsatisfied = requirements.filter(({ isSatisfied }) => !isSatisfied)
    const coordinates = [...new Set(unsatisfied.map(({ coordinate }) => coordinate))].join(', ')
    const missing = decision.requiredScopes.filter((scope) => !heldScopes.has(scope)).join(' and ')
    return {
      state: 'locked',
      text: `This operation will be rejected: ${coordinates} requires ${missing}.`,
    }
  } catch {
    return undefined
  }
}
