import {
  type ApolloServerOptionsWithGateway,
  type GraphQLRequest,
  type GraphQLResponse,
  HeaderMap,
} from '@apollo/server'
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql'
import { createExecutor } from '../executor/executor.ts'
import type { RequestHooks } from './combine-hooks.ts'
import type { Context } from './context.ts'

type Gateway = ApolloServerOptionsWithGateway<Context>['gateway']
type OperationParams = Pick<GraphQLRequest, 'variables' | 'operationName'>

const NO_HEADERS = { headers: new HeaderMap() }
/** As many as of validation. */
const MAX_VARIABLE_ERRORS = 5
/** Each error prints the value that it is about, up to all variables: of larger ones, only the first error is reported. */
const MAX_PRINTED_CHARACTERS = 4_000

type CompiledExecutionOptions = {
  /** Leaves out "Did you mean" in errors of variables. */
  readonly hideSuggestions: boolean
}

/**
 * Connects the compiled executor to Apollo Server by its two extension points. A result without errors is returned from
 * `responseForOperation`. A result with errors is handed to the gateway's executor instead, so that Apollo Server calls
 * the error hooks and formats the errors; the operation is executed only once.
 */
export function createCompiledExecution(
  schema: GraphQLSchema,
  { hideSuggestions }: CompiledExecutionOptions,
) {
  // graphql-js formats one error more than it reports.
  const maxCoercionErrors = 1
  const executeCompiled = createExecutor(schema, { maxCoercionErrors, hideSuggestions })
  const seenOperations = new WeakSet<object>()
  const resultsWithErrors = new WeakMap<object, ExecutionResult>()

  const hooks: RequestHooks<Context> = {
    responseForOperation({ document, operation, request, contextValue }) {
      // graphql-js reports the unknown operation, in the gateway's executor.
      if (!operation) return null
      const { variables } = request
      let executed: ExecutionResult | Promise<ExecutionResult>
      if (seenOperations.has(operation))
        executed = executeCompiled({ document, operation, variables, context: contextValue })
      else {
        // Compiling takes longer than executing once, and most operations that come once do not come again.
        seenOperations.add(operation)
        executed = executeUncompiled(document, contextValue, request)
      }
      const respond = (result: ExecutionResult) => toResponse(result, operation, contextValue, variables)
      return executed instanceof Promise ? executed.then(respond) : respond(executed)
    },
  }

  /** Returns the response of a result without errors. Stores another one for the gateway's executor, and returns null. */
  function toResponse(
    result: ExecutionResult,
    operation: OperationDefinitionNode,
    contextValue: Context,
    variables: GraphQLRequest['variables'] = {},
  ): GraphQLResponse | null {
    const { data, errors } = result
    if (!errors && data !== undefined)
      return { http: NO_HEADERS, body: { kind: 'single', singleResult: { data } } }
    const areVariablesInvalid = errors && data === undefined
    resultsWithErrors.set(
      contextValue,
      areVariablesInvalid ? { errors: listVariableErrors(errors, operation, variables) } : result,
    )
    return null
  }

  const gateway: Gateway = {
    onSchemaLoadOrUpdate(onSchema) {
      onSchema({ apiSchema: schema, coreSupergraphSdl: '' })
      return () => {}
    },
    load: async () => ({
      executor: async ({ document, request, context }) =>
        resultsWithErrors.get(context) ?? executeUncompiled(document, context, request),
    }),
    stop: async () => {},
  }

  function executeUncompiled(document: DocumentNode, contextValue: unknown, request: OperationParams) {
    const { variables: variableValues, operationName } = request
    const options = { maxCoercionErrors }
    return execute({
      schema,
      document,
      contextValue,
      variableValues,
      operationName,
      options,
      hideSuggestions,
    })
  }

  /** Returns the errors to report, given those of a coercion that stopped at the second. */
  function listVariableErrors(
    errors: readonly GraphQLError[],
    { variableDefinitions = [] }: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): readonly GraphQLError[] {
    if (errors.length === 1 || JSON.stringify(variables).length > MAX_PRINTED_CHARACTERS)
      return errors.slice(0, 1)
    const limits = { maxErrors: MAX_VARIABLE_ERRORS, hideSuggestions }
    const all = getVariableValues(schema, variableDefinitions, variables, limits).errors
    // Without graphql-js' error about the limit, which has no variable and would be reported as an internal error.
    return all?.slice(0, MAX_VARIABLE_ERRORS) ?? errors.slice(0, 1)
  }

  return { hooks, gateway }
}
