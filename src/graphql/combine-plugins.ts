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
export type RequestHooks<Known extends BaseContext> = {
  /** The operation is known, and none of it has run. What is thrown is the answer. */
  readonly didResolveOperation?: (context: GraphQLRequestContextDidResolveOperation<Known>) => void
  /** Runs the operation. @returns null where somebody else has to */
  readonly responseForOperation?: (
    context: GraphQLRequestContextResponseForOperation<Known>,
  ) => Promise<GraphQLResponse | null>
  readonly didEncounterErrors?: (context: GraphQLRequestContextDidEncounterErrors<Known>) => void
  readonly willSendResponse?: (context: GraphQLRequestContextWillSendResponse<Known>) => void
}

/**
 * One plugin of several listeners, of whom one may answer. Apollo Server waits for every plugin at each of its steps, and
 * what that costs goes by their number; these are called one after the other, in their order.
 */
export function combinePlugins<Known extends BaseContext>(
  ...hooks: readonly RequestHooks<Known>[]
): ApolloServerPlugin<Known> {
  const operation = hooks.flatMap(({ didResolveOperation }) => didResolveOperation ?? [])
  const errors = hooks.flatMap(({ didEncounterErrors }) => didEncounterErrors ?? [])
  const response = hooks.flatMap(({ willSendResponse }) => willSendResponse ?? [])
  const answer = hooks.find((one) => one.responseForOperation)?.responseForOperation
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
