// Random schemas of the scope engine whose resolvers record what they read, guarded as in the API: by the authorization
// of the operation and by guarded resolvers. Executed by the compiled executor or by graphql-js.
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
import { combineHooks } from '../../../src/graphql/combine-hooks.ts'
import { createCompiledExecution } from '../../../src/graphql/compiled-execution.ts'
import type { Context } from '../../../src/graphql/context.ts'
import { enforceRules } from '../../../src/scopes/create-scopes.ts'
import type { Scopes } from '../../../src/scopes/index.ts'
import { readRules } from '../../../src/scopes/read-rules.ts'
import type { Rules } from '../../../src/scopes/rule.ts'
import { createAuthorizationPlugin } from '../authorization-plugin.ts'
import { randomSchema } from '../scopes/random-schema.ts'
import type { SeededRandom } from '../seeded-random.ts'

/** The resolvers that ran, as `type field returnedType`. */
export type ReadLog = string[]

type GuardedSchema = { readonly schema: GraphQLSchema; readonly rules: Rules; readonly scopes: Scopes }

/** Builds one of the scope engine's random schemas with guarded resolvers. */
export function randomGuardedSchema(random: SeededRandom, readLog: ReadLog): GuardedSchema {
  const { sdl } = randomSchema(random)
  // Fields that return interfaces and unions are executed by graphql-js, so most schemas have them in fragments only.
  const text = random.chance(0.2)
    ? sdl
    : sdl
        .replaceAll(/: N0\b/g, ': T0')
        .replaceAll(': [N1!]!', ': [T1!]!')
        .replaceAll(': U!', ': T2!')
  return buildGuardedSchema(text, random, readLog)
}

/** Builds a schema with guarded resolvers that record what they read. */
export function buildGuardedSchema(text: string, random: SeededRandom, readLog: ReadLog): GuardedSchema {
  const schema = buildSchema(text)
  const rules = readRules(schema)
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith('__'))
      for (const field of Object.values(type.getFields()))
        field.resolve = createResolver(readLog, { isAsync: random.chance(0.3) })
  const scopes = enforceRules(schema, rules)
  return { schema: scopes.schema, rules, scopes }
}

const createResolver =
  (readLog: ReadLog, { isAsync }: { isAsync: boolean }): GraphQLFieldResolver<unknown, unknown> =>
  (_, __, ___, { parentType, fieldName, returnType, schema }) => {
    readLog.push(`${parentType.name} ${fieldName} ${getNamedType(returnType).name}`)
    const value = createValue(returnType, schema)
    return isAsync ? Promise.resolve(value) : value
  }

function createValue(type: GraphQLOutputType, schema: GraphQLSchema): unknown {
  if (isNonNullType(type)) return createValue(type.ofType, schema)
  if (isListType(type)) return [createValue(type.ofType, schema), createValue(type.ofType, schema)]
  if (isAbstractType(type)) return { __typename: schema.getPossibleTypes(type)[0]?.name }
  if (isCompositeType(type)) return {}
  return type.name === 'Color' ? 'RED' : 1
}

/** An authorized operation, with the context for which the resolvers are allowed to run. */
export type AuthorizedOperation = { readonly document: DocumentNode; readonly contextValue: Context }

/** Creates an Apollo Server that authorizes operations, and adds them to `authorizedOperations`. */
export function createGuardedServer(
  { schema, scopes }: Pick<GuardedSchema, 'schema' | 'scopes'>,
  options: {
    readonly executor: 'compiled' | 'graphql-js'
    readonly authorizedOperations?: AuthorizedOperation[]
  },
) {
  const recordOperations: ApolloServerPlugin<Context> = {
    requestDidStart: async () => ({
      async didResolveOperation({ document, contextValue }) {
        options.authorizedOperations?.push({ document, contextValue })
      },
    }),
  }
  const { hooks, gateway } = createCompiledExecution(schema, { hideSuggestions: false })
  const plugins = [createAuthorizationPlugin(scopes), recordOperations]
  const serverOptions = { stopOnTerminationSignals: false, includeStacktraceInErrorResponses: false }
  return options.executor === 'compiled'
    ? new ApolloServer<Context>({
        ...serverOptions,
        gateway,
        plugins: [...plugins, combineHooks(hooks)],
      })
    : new ApolloServer<Context>({ ...serverOptions, schema, plugins })
}
