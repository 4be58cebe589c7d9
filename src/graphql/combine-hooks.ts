import type {
  BaseContext,
  GraphQLRequestContextDidEncounterErrors,
  GraphQLRequestContextDidResolveOperation,
  GraphQLRequestContextResponseForOperation,
  GraphQLRequestContextWillSendResponse,
  GraphQLRequestListener,
  GraphQLResponse,
} from '@apollo/server'

/** Hooks of Apollo Server's request lifecycle that are the same for every request. */
export type RequestHooks<Context extends BaseContext> = {
  /** Called with the errors of a document that Apollo Server has validated itself, before it reports them. */
  readonly validationDidEnd?: (errors: readonly Error[]) => void
  /** Called before any resolver. An error that it throws is the response. */
  readonly didResolveOperation?: (context: GraphQLRequestContextDidResolveOperation<Context>) => void
  /** Executes the operation. Returns null to let Apollo Server do it. */
  readonly responseForOperation?: (
    context: GraphQLRequestContextResponseForOperation<Context>,
  ) => GraphQLResponse | null | Promise<GraphQLResponse | null>
  readonly didEncounterErrors?: (context: GraphQLRequestContextDidEncounterErrors<Context>) => void
  readonly willSendResponse?: (context: GraphQLRequestContextWillSendResponse<Context>) => void
}

/**
 * Combines hooks into one plugin, in order; at most one of them may have `responseForOperation`. Apollo Server awaits
 * every plugin at every step, so that one plugin costs less than several.
 */
export function combineHooks<Context extends BaseContext>(...hooks: readonly RequestHooks<Context>[]) {
  const validationDidEnd = hooks.flatMap((each) => each.validationDidEnd ?? [])
  const didResolveOperation = hooks.flatMap((each) => each.didResolveOperation ?? [])
  const didEncounterErrors = hooks.flatMap((each) => each.didEncounterErrors ?? [])
  const willSendResponse = hooks.flatMap((each) => each.willSendResponse ?? [])
  const [responseForOperation] = hooks.flatMap((each) => each.responseForOperation ?? [])
  function endValidation(errors: readonly Error[] = []): void {
    for (const hook of validationDidEnd) hook(errors)
  }
  const listener = {
    validationDidStart: () => endValidation,
    didResolveOperation(context: GraphQLRequestContextDidResolveOperation<Context>) {
      for (const hook of didResolveOperation) hook(context)
    },
    ...(responseForOperation && { responseForOperation }),
    didEncounterErrors(context: GraphQLRequestContextDidEncounterErrors<Context>) {
      for (const hook of didEncounterErrors) hook(context)
    },
    willSendResponse(context: GraphQLRequestContextWillSendResponse<Context>) {
      for (const hook of willSendResponse) hook(context)
    },
  }
  // The types demand promises, but Apollo Server awaits any value. Promises would cost every request time.
  const started = Promise.resolve(listener as unknown as GraphQLRequestListener<Context>)
  return { requestDidStart: () => started }
}
