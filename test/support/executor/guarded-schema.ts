// The scope engine's random schemas with resolvers that write down what was read, behind both locks, as the service has
// them; with our executor or with graphql-js.
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import {
  buildSchema,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { combinePlugins } from '../../../src/graphql/combine-plugins.ts'
import { createCompiledExecution } from '../../../src/graphql/compiled-execution.ts'
import type { Context } from '../../../src/graphql/context.ts'
import { guardResolvers } from '../../../src/graphql/requires-scope.ts'
import { type Rules, readRules } from '../../../src/scopes/index.ts'
import { createAuthorizationPlugin } from '../authorization-plugin.ts'
import { randomSchema } from '../scopes/random-schema.ts'
import type { SeededRandom } from '../seeded-random.ts'

/** `type field returned`, of each resolver that ran. */
export type ReadLog = string[]

/** One of the scope engine's random schemas, so. */
export function randomGuardedSchema(r: SeededRandom, read: ReadLog): { schema: GraphQLSchema; rules: Rules } {
  const { sdl } = randomSchema(r)
  // Interfaces and unions as what a field returns are left to graphql-js; as what a fragment is on they are not.
  const text = r.chance(0.2)
    ? sdl
    : sdl
        .replaceAll(/: N0\b/g, ': T0')
        .replaceAll(': [N1!]!', ': [T1!]!')
        .replaceAll(': U!', ': T2!')
  return buildGuardedSchema(text, r, read)
}

/** A schema with resolvers that write down what was read, behind the second lock. */
export function buildGuardedSchema(
  text: string,
  r: SeededRandom,
  read: ReadLog,
): { schema: GraphQLSchema; rules: Rules } {
  const schema = buildSchema(text)
  const rules = readRules(schema)
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith('__'))
      for (const field of Object.values(type.getFields())) field.resolve = reading(read, r.chance(0.3))
  return { schema: guardResolvers(schema, rules), rules }
}

const reading =
  (read: ReadLog, later: boolean): GraphQLFieldResolver<unknown, unknown> =>
  (_, __, ___, { parentType, fieldName, returnType, schema }) => {
    read.push(`${parentType.name} ${fieldName} ${getNamedType(returnType).name}`)
    const value = valueFor(returnType, schema)
    return later ? Promise.resolve(value) : value
  }

function valueFor(type: GraphQLOutputType, schema: GraphQLSchema): unknown {
  if (isNonNullType(type)) return valueFor(type.ofType, schema)
  if (isListType(type)) return [valueFor(type.ofType, schema), valueFor(type.ofType, schema)]
  if (isAbstractType(type)) return { __typename: schema.getPossibleTypes(type)[0]?.name }
  if (isCompositeType(type)) return {}
  return type.name === 'Color' ? 'RED' : 1
}

/** What was let in, with the context that the second lock knows it by. */
export type AuthorizedOperation = { readonly document: DocumentNode; readonly contextValue: Context }

export function createGuardedServer(
  schema: GraphQLSchema,
  rules: Rules,
  useCompiledExecutor: boolean,
  authorizedOperations: AuthorizedOperation[] = [],
) {
  const capture: ApolloServerPlugin<Context> = {
    requestDidStart: async () => ({
      async didResolveOperation({ document, contextValue }) {
        authorizedOperations.push({ document, contextValue })
      },
    }),
  }
  const { listener, gateway } = createCompiledExecution(schema)
  const plugins = [createAuthorizationPlugin(schema, rules), capture]
  const options = { stopOnTerminationSignals: false, includeStacktraceInErrorResponses: false }
  return useCompiledExecutor
    ? new ApolloServer<Context>({ ...options, gateway, plugins: [...plugins, combinePlugins(listener)] })
    : new ApolloServer<Context>({ ...options, schema, plugins })
}
