import type { GraphQLSchema } from 'graphql'
import type { Authenticate } from '../auth/authenticate.ts'
import { startApolloServer } from '../graphql/apollo-server.ts'
import type { Context } from '../graphql/context.ts'
import type { DocumentLimits } from '../graphql/document-limits.ts'
import { parseIdempotencyKey } from '../graphql/idempotency-key.ts'
import { collectMetricLabels } from '../graphql/metric-labels.ts'
import type { TrustedDocumentOptions } from '../graphql/trusted-documents.ts'
import type { Route } from '../lib/http-messages.ts'
import type { Instrument } from '../lib/instrument.ts'
import type { ConsumeRateLimit } from '../lib/rate-limit.ts'
import { readDeclaredScopes, readValidatedRules } from '../scopes/index.ts'
import { createAuthenticateRequest } from './authenticate-request.ts'
import { createIdePage, createRulesRoute, type IdeOptions, isIdeRequest } from './ide.ts'
import { createMetadataRoutes, getMetadataUrl } from './metadata.ts'
import { type AuthenticatedHandler, createRestRoutes, REST_DOCUMENTS } from './rest.ts'

type Options = Omit<Context, 'caller' | 'idempotencyKey' | 'addOperationInfo'> & {
  readonly schema: GraphQLSchema
  readonly authenticate: Authenticate
  /** Counts the requests of a client; undefined: as many as come. */
  readonly limitClient: ConsumeRateLimit | undefined
  /** The API's public URL. */
  readonly resource: () => string
  readonly issuer: string
  readonly introspection: 'open' | 'authenticated' | 'off'
  readonly hideNames: boolean
  readonly documents: DocumentLimits
  readonly trusted: TrustedDocumentOptions
  readonly ide: IdeOptions
  readonly reportFault: (error: unknown) => void
  /** Put around steps of the pipeline; nothing if left out. */
  readonly instrument?: Instrument
}

type ApiRoutes = {
  readonly routes: readonly Route[]
  readonly metricLabels: ReturnType<typeof collectMetricLabels>
  stop(): Promise<void>
}

/**
 * Everything that the API answers, what can be told of it, and how to stop it. Who asks is settled in front of each route, once.
 * @throws SchemaFaults when a field has no rule, or a rule makes no sense
 */
export async function createApiRoutes(options: Options): Promise<ApiRoutes> {
  const {
    schema,
    authenticate,
    limitClient,
    resource: getResourceUrl,
    issuer,
    books,
    now,
    limits,
    idempotencyTtlMs,
  } = options
  const metadata = () => getMetadataUrl(getResourceUrl())
  const rules = readValidatedRules(schema)
  const declared = readDeclaredScopes(schema)
  const page = createIdePage({ ...options, declared })
  const documents = [...options.trusted.documents, ...REST_DOCUMENTS]
  const trusted = { ...options.trusted, documents }
  const apollo = await startApolloServer({ ...options, trusted, rules, declared, metadataUrl: metadata })

  const guarded = createAuthenticateRequest({ authenticate, limitClient, metadata })
  const graphql: AuthenticatedHandler = async (question, caller, tell) => {
    const idempotencyKey = parseIdempotencyKey(question.headers['idempotency-key'])
    return apollo.executeGraphQL(question, {
      caller,
      books,
      now,
      limits,
      idempotencyKey,
      idempotencyTtlMs,
      addOperationInfo: tell,
    })
  }
  const answerGraphQL = guarded(graphql)
  const routes: Route[] = [
    {
      method: ['GET', 'POST', 'PUT', 'DELETE', 'HEAD'],
      url: '/graphql',
      handler: async (question) => (isIdeRequest(question) ? page : answerGraphQL(question)),
    },
    ...[...createRestRoutes(graphql), createRulesRoute(rules, options.introspection)].map((route) => ({
      ...route,
      handler: guarded(route.handler),
    })),
    ...createMetadataRoutes(getResourceUrl, issuer, declared),
  ]
  return { routes, metricLabels: collectMetricLabels(schema, rules), stop: apollo.stop }
}
