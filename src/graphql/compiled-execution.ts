import { type ApolloServerOptionsWithGateway, type GraphQLRequest, HeaderMap } from '@apollo/server'
import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema } from 'graphql'
import { createExecutor } from '../executor/executor.ts'
import type { RequestHooks } from './combine-hooks.ts'
import type { Context } from './context.ts'

type Gateway = ApolloServerOptionsWithGateway<Context>['gateway']
type OperationParams = Pick<GraphQLRequest, 'variables' | 'operationName'>

const NO_HEADERS = { headers: new HeaderMap() }

/**
 * Connects the compiled executor to Apollo Server by its two extension points. A result without errors is returned from
 * `responseForOperation`. A result with errors is handed to the gateway's executor instead, so that Apollo Server calls
 * the error hooks and formats the errors; the operation is executed only once.
 */
export function createCompiledExecution(schema: GraphQLSchema) {
  const executeCompiled = createExecutor(schema)
  const seenOperations = new WeakSet<object>()
  const resultsWithErrors = new WeakMap<object, ExecutionResult>()

  const hooks: RequestHooks<Context> = {
    async responseForOperation({ document, operation, request, contextValue }) {
      // graphql-js reports the unknown operation, in the gateway's executor.
      if (!operation) return null
      // Compiling takes longer than executing once, and most operations that come once do not come again.
      const isRepeated = seenOperations.has(operation)
      seenOperations.add(operation)
      const executed = isRepeated
        ? executeCompiled({ document, operation, variables: request.variables, context: contextValue })
        : executeUncompiled(document, contextValue, request)
      const result = executed instanceof Promise ? await executed : executed
      const { data, errors } = result
      if (!errors && data !== undefined)
        return { http: NO_HEADERS, body: { kind: 'single', singleResult: { data } } }
      resultsWithErrors.set(contextValue, result)
      return null
    },
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
    return execute({ schema, document, contextValue, variableValues, operationName })
  }

  return { hooks, gateway }
}
