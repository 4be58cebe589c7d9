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

/** Hooks of Apollo Server's request lifecycle that are the same for every request. All but one are synchronous. */
export type RequestHooks<Context extends BaseContext> = {
  /** Called before any resolver. An error that it throws is the response. */
  readonly didResolveOperation?: (context: GraphQLRequestContextDidResolveOperation<Context>) => void
  /** Executes the operation. Resolves to null to let Apollo Server do it. */
  readonly responseForOperation?: (
    context: GraphQLRequestContextResponseForOperation<Context>,
  ) => Promise<GraphQLResponse | null>
  readonly didEncounterErrors?: (context: GraphQLRequestContextDidEncounterErrors<Context>) => void
  readonly willSendResponse?: (context: GraphQLRequestContextWillSendResponse<Context>) => void
}

/**
 * Combines hooks into one plugin, in order; at most one of them may have `responseForOperation`. Apollo Server awaits
 * every plugin at every step, so that one plugin costs less than several.
 */
export function combinePlugins<Context extends BaseContext>(
  ...plugins: readonly RequestHooks<Context>[]
): ApolloServerPlugin<Context> {
  const didResolveOperation = plugins.flatMap((plugin) => plugin.didResolveOperation ?? [])
  const didEncounterErrors = plugins.flatMap((plugin) => plugin.didEncounterErrors ?? [])
  const willSendResponse = plugins.flatMap((plugin) => plugin.willSendResponse ?? [])
  const [responseForOperation] = plugins.flatMap((plugin) => plugin.responseForOperation ?? [])
  const listener: Promise<GraphQLRequestListener<Context>> = Promise.resolve({
    async didResolveOperation(context) {
      for (const hook of didResolveOperation) hook(context)
    },
    ...(responseForOperation && { responseForOperation }),
    async didEncounterErrors(context) {
      for (const hook of didEncounterErrors) hook(context)
    },
    async willSendResponse(context) {
      for (const hook of willSendResponse) hook(context)
    },
  })
  return { requestDidStart: () => listener }
}
