import type { ApolloServerPlugin, BaseContext, GraphQLRequestListener } from '@apollo/server'

/** A plugin that hears of every request in the same way: nothing is made anew for each. */
export function listening<Known extends BaseContext>(
  listener: GraphQLRequestListener<Known>,
): ApolloServerPlugin<Known> {
  const always = Promise.resolve(listener)
  return { requestDidStart: () => always }
}
