import { type DocumentNode, type GraphQLSchema, Kind } from 'graphql'
import { type AdapterOptions, authorizeOperation, chooseContentType } from './adapter.ts'
import type { Challenge } from './challenge.ts'
import type { Scopes } from './create-scopes.ts'
import { findReplacedResolver } from './guard-schema.ts'

/** The parts of a Fastify reply that are used here. */
type Reply = {
  readonly request: { readonly headers: { readonly accept?: string | undefined } }
  code(status: number): unknown
  headers(values: Record<string, string>): unknown
}

type MercuriusContext = { readonly reply?: Reply }
type GraphqlArguments = [
  source: unknown,
  context?: MercuriusContext,
  variables?: unknown,
  operationName?: string,
]

/** A Fastify instance with the decorator of Mercurius, whose overloads no type without the package matches. */
type MercuriusApp = {
  after(): PromiseLike<unknown>
  addHook(name: 'onReady', hook: () => Promise<void>): unknown
  graphql: (...args: never[]) => Promise<unknown>
}

type PreExecutionHook<Context> = (
  schema: unknown,
  document: DocumentNode,
  contextValue: Context,
  variables: Record<string, unknown> | undefined,
) => { readonly document: DocumentNode } | undefined
type Graphql<Context> = MercuriusApp['graphql'] & {
  readonly schema: GraphQLSchema
  addHook(name: 'preExecution', hook: PreExecutionHook<Context>): void
}

/** Ends an operation that is denied. Has what the error handlers of Mercurius and Fastify read. */
class OperationDeniedError extends Error {
  readonly challenge: Challenge
  readonly statusCode: number
  readonly errors: Challenge['errors']

  constructor(challenge: Challenge) {
    super('The operation is denied.')
    this.challenge = challenge
    this.statusCode = challenge.status
    this.errors = challenge.errors
  }
}

/**
 * Authorizes every operation of Mercurius before it is executed. To be called after Mercurius has been registered on the same
 * instance. Subscriptions over WebSocket are not authorized, so that their guarded fields are refused: Mercurius passes
 * neither their variables nor the context of the resolvers to its hooks.
 * @throws TypeError if the schema of Mercurius is not `scopes.schema`, or has got other resolvers by `resolvers` or `loaders`
 */
export async function registerScopes<Context extends object>(
  app: MercuriusApp,
  scopes: Scopes,
  options: AdapterOptions<Context>,
): Promise<void> {
  // A plugin is loaded when it is waited for, or when the server starts.
  if (!app.graphql) await app.after()
  if (!app.graphql) throw new TypeError('Register Mercurius before registerScopes().')
  const graphql = app.graphql as Graphql<Context>
  const assertGuarded = () => {
    if (graphql.schema !== scopes.schema)
      throw new TypeError('The schema of Mercurius must be scopes.schema.')
    // Mercurius writes the resolvers of its options into the schema, in place of the guards.
    const replaced = findReplacedResolver(scopes.schema)
    if (replaced !== undefined)
      throw new TypeError(
        `Mercurius has replaced the resolver of ${replaced}. Add resolvers and loaders to the schema before createScopes().`,
      )
  }
  assertGuarded()
  app.addHook('onReady', async () => assertGuarded())
  const operationNames = new WeakMap<object, string | undefined>()
  const deniedStatuses = new WeakMap<Reply, number>()

  graphql.addHook('preExecution', (_schema, document, contextValue, variables) => {
    const operationName = operationNames.get(contextValue)
    const decision = authorizeOperation(scopes, options, { document, operationName, variables, contextValue })
    if (!decision.allowed)
      throw new OperationDeniedError(
        scopes.challenge(decision, { resourceMetadata: options.resourceMetadata }),
      )
    // Mercurius executes the document of a hook by graphql-js. Its `jit` cannot handle denied fields, and executes the
    // operation of a document that was requested first, whichever the request names.
    const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    return decision.denials || operations.length > 1 ? { document } : undefined
  })
  // Hooks do not get the name of the operation, and the status of an error depends on the number of errors.
  app.graphql = new Proxy(graphql, {
    async apply(run, self, [source, given, variables, operationName]: GraphqlArguments) {
      const context = given ?? {}
      operationNames.set(context, operationName)
      const { reply } = context
      try {
        const result = await Reflect.apply(run, self, [source, context, variables, operationName])
        // In a batch, the errors of another operation set the status too.
        const deniedStatus = reply && deniedStatuses.get(reply)
        if (deniedStatus !== undefined) reply?.code(deniedStatus)
        return result
      } catch (error) {
        if (!(error instanceof OperationDeniedError)) throw error
        const { status, headers, errors } = error.challenge
        if (reply) deniedStatuses.set(reply, status)
        reply?.code(status)
        reply?.headers({ ...headers, 'content-type': chooseContentType(reply.request.headers.accept) })
        return { errors }
      }
    },
  })
}
