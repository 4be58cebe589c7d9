import { type ApolloServerOptionsWithGateway, HeaderMap } from '@apollo/server'
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
} from 'graphql'
import { createExecutor } from '../executor/executor.ts'
import type { RequestHooks } from './combine-plugins.ts'
import type { Context } from './context.ts'

type Gateway = ApolloServerOptionsWithGateway<Context>['gateway']

/** Nothing is added to the answer's head. */
const HEAD = { headers: new HeaderMap() }

/**
 * Our executor, at the two places that Apollo Server has for one. What it has whole is the answer, at once. What has
 * errors goes by the gateway's road, so that Apollo Server tells its plugins, and gives them their shape and status, as
 * ever; it is run once all the same. graphql-js runs what comes for the first time.
 */
export function createCompiledExecution(schema: GraphQLSchema): {
  listener: RequestHooks<Context>
  gateway: Gateway
} {
  const run = createExecutor(schema)
  const known = new WeakSet<object>()
  /** What graphql-js runs. */
  const byName = (
    document: DocumentNode,
    contextValue: unknown,
    variableValues: ExecutionArgs['variableValues'],
    operationName: string | undefined,
  ): ExecutionArgs => ({ schema, document, contextValue, variableValues, operationName })
  const faulty = new WeakMap<object, ExecutionResult>()
  const listener: RequestHooks<Context> = {
    async responseForOperation({ document, operation, request, contextValue }) {
      // No operation has this name: graphql-js has the words for it, below.
      if (!operation) return null
      const { variables } = request
      // Most that come once do not come again: to compile takes longer than to run.
      const again = known.has(operation)
      known.add(operation)
      const ran = again
        ? run({ document, operation, variables, context: contextValue })
        : execute(byName(document, contextValue, variables, request.operationName))
      const result = ran instanceof Promise ? await ran : ran
      const { data, errors } = result
      if (!errors && data !== undefined)
        return { http: HEAD, body: { kind: 'single', singleResult: { data } } }
      faulty.set(contextValue, result)
      return null
    },
  }
  const gateway: Gateway = {
    onSchemaLoadOrUpdate(tell) {
      tell({ apiSchema: schema, coreSupergraphSdl: '' })
      return () => {}
    },
    load: async () => ({
      async executor({ document, request, context }) {
        const { variables, operationName } = request
        return faulty.get(context) ?? execute(byName(document, context, variables, operationName))
      },
    }),
    stop: async () => {},
  }
  return { listener, gateway }
}
