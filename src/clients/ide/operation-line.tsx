import {
  pick,
  tryParseJSONC,
  useGraphiQL,
  useOperationsEditorState,
  useVariablesEditorState,
} from '@graphiql/react'
import type { GraphQLSchema } from 'graphql'
import { explainOperation, type Rules } from '../../scopes/index.ts'
import { useIdeContext } from './ide-context.ts'
import { Padlock } from './padlock.tsx'

/** What the operation at hand asks for, decided on here by the same code as at the API, before anything is sent. */
export function OperationLine() {
  const { schemaWithRules, heldScopes, isTokenExpired } = useIdeContext()
  const { schema, operationName } = useGraphiQL(pick('schema', 'operationName'))
  const [query] = useOperationsEditorState()
  const [variables] = useVariablesEditorState()
  // A token that is no good is refused even where none is needed.
  const words = isTokenExpired
    ? ENDED
    : schemaWithRules &&
      schema &&
      foreseen(schema, schemaWithRules.rules, { query, variables, operationName }, heldScopes)
  if (!words) return <p className="ide-operation" />
  return (
    <p className="ide-operation" data-state={words.state}>
      <Padlock state={words.state} />
      {words.text}
    </p>
  )
}

const ENDED = { state: 'shut', text: 'This operation will be refused: your token has ended.' } as const

type Operation = {
  readonly query: string
  readonly variables: string
  readonly operationName: string | null | undefined
}

function foreseen(schema: GraphQLSchema, rules: Rules, operation: Operation, held: ReadonlySet<string>) {
  try {
    const variables = tryParseJSONC(operation.variables) ?? {}
    const { decision, requirements } = explainOperation(
      schema,
      rules,
      operation.query,
      held,
      variables,
      operation.operationName ?? undefined,
    )
    if (decision.allowed)
      return {
        state: 'open' as const,
        text:
          requirements.length === 0
            ? 'This operation asks for no scope.'
            : 'Your token may run this operation.',
      }
    const shut = [
      ...new Set(requirements.filter((one) => !one.isSatisfied).map(({ coordinate }) => coordinate)),
    ]
    const lacking = decision.requiredScopes.filter((scope) => !held.has(scope))
    return {
      state: 'shut' as const,
      text: `This operation will be refused: ${shut.join(', ')} needs ${lacking.join(' and ')}.`,
    }
  } catch {
    // It is not finished yet: the editor marks what is wrong with it.
    return undefined
  }
}
