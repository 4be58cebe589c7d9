import {
  pick,
  tryParseJSONC,
  useGraphiQL,
  useOperationsEditorState,
  useVariablesEditorState,
} from '@graphiql/react'
import type { GraphQLSchema } from 'graphql'
import { explain } from '../../scopes/explain-operation.ts'
import type { Rules } from '../../scopes/read-rules.ts'
import { useShared } from './ide-context.ts'
import { Padlock } from './padlock.tsx'

/** What the operation at hand asks for, decided on here by the same code as at the API, before anything is sent. */
export function OperationLine() {
  const { known, held, ended } = useShared()
  const { schema, operationName } = useGraphiQL(pick('schema', 'operationName'))
  const [query] = useOperationsEditorState()
  const [variables] = useVariablesEditorState()
  // A token that is no good is refused even where none is needed.
  const words = ended
    ? ENDED
    : known && schema && foreseen(schema, known.rules, { query, variables, operationName }, held)
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
    const { decision, met } = explain(
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
        text: met.length === 0 ? 'This operation asks for no scope.' : 'Your token may run this operation.',
      }
    const shut = [...new Set(met.filter((one) => !one.held).map(({ coordinate }) => coordinate))]
    const lacking = decision.needed.filter((scope) => !held.has(scope))
    return {
      state: 'shut' as const,
      text: `This operation will be refused: ${shut.join(', ')} needs ${lacking.join(' and ')}.`,
    }
  } catch {
    // It is not finished yet: the editor marks what is wrong with it.
    return undefined
  }
}
