import type {
  ApolloServerPlugin,
  BaseContext,
  GraphQLRequestContextDidEncounterErrors,
  GraphQLRequestContextDidResolveOperation,
  GraphQLRequestContextResponseForOperation,
  GraphQLRequestContextWillSendResponse,
  GraphQLRequestListener,
  GraphQLResponse,
} from '@apollo/server'

/** What hears of every request in the same way: nothing is made anew for each, and nothing waits but the answer. */
export type Listener<Known extends BaseContext> = {
  /** The operation is known, and none of it has run. What is thrown is the answer. */
  readonly onOperation?: (context: GraphQLRequestContextDidResolveOperation<Known>) => void
  /** Runs the operation. @returns null where somebody else has to */
  readonly answer?: (
    context: GraphQLRequestContextResponseForOperation<Known>,
  ) => Promise<GraphQLResponse | null>
  readonly onErrors?: (context: GraphQLRequestContextDidEncounterErrors<Known>) => void
  readonly onResponse?: (context: GraphQLRequestContextWillSendResponse<Known>) => void
}

/**
 * One plugin of several listeners, of whom one may answer. Apollo Server waits for every plugin at each of its steps, and
 * what that costs goes by their number; these are called one after the other, in their order.
 */
export function listening<Known extends BaseContext>(
  ...listeners: readonly Listener<Known>[]
): ApolloServerPlugin<Known> {
  const operation = listeners.flatMap(({ onOperation }) => onOperation ?? [])
  const errors = listeners.flatMap(({ onErrors }) => onErrors ?? [])
  const response = listeners.flatMap(({ onResponse }) => onResponse ?? [])
  const answer = listeners.find((one) => one.answer)?.answer
  const all: Promise<GraphQLRequestListener<Known>> = Promise.resolve({
    async didResolveOperation(context) {
      for (const hear of operation) hear(context)
    },
    ...(answer && { responseForOperation: answer }),
    async didEncounterErrors(context) {
      for (const hear of errors) hear(context)
    },
    async willSendResponse(context) {
      for (const hear of response) hear(context)
    },
  })
  return { requestDidStart: () => all }
}
