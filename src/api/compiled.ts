import { type ApolloServerOptionsWithGateway, HeaderMap } from '@apollo/server'
import { type ExecutionResult, execute, type GraphQLSchema } from 'graphql'
import { createExecutor } from '../executor/executor.ts'
import type { Context } from './context.ts'
import type { Listener } from './listening.ts'

type Gateway = ApolloServerOptionsWithGateway<Context>['gateway']

/** Nothing is added to the answer's head. */
const HEAD = { headers: new HeaderMap() }

/**
 * Our executor, at the two places that Apollo Server has for one. What it has whole is the answer, at once. What has
 * errors goes by the gateway's road, so that Apollo Server tells its plugins, and gives them their shape and status, as
 * ever; it is run once all the same.
 */
export function compiled(schema: GraphQLSchema): { listener: Listener<Context>; gateway: Gateway } {
  const run = createExecutor(schema)
  const faulty = new WeakMap<object, ExecutionResult>()
  const listener: Listener<Context> = {
    async answer({ document, operation, request, contextValue }) {
      // No operation has this name: graphql-js has the words for it, below.
      if (!operation) return null
      const { variables } = request
      const ran = run({ document, operation, variables, context: contextValue })
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
        const { variables: variableValues, operationName } = request
        return (
          faulty.get(context) ??
          execute({ schema, document, contextValue: context, variableValues, operationName })
        )
      },
    }),
    stop: async () => {},
  }
  return { listener, gateway }
}
