import type { GraphQLSchema } from 'graphql'
import type { Authenticate } from '../auth/authenticate.ts'
import { startApollo } from '../graphql/apollo-server.ts'
import type { Context } from '../graphql/context.ts'
import type { DocumentLimits } from '../graphql/document-limits.ts'
import { readIdempotencyKey } from '../graphql/idempotency-key.ts'
import { closedLists } from '../graphql/metric-labels.ts'
import type { TrustedDocuments } from '../graphql/trusted-documents.ts'
import type { Route } from '../lib/http-messages.ts'
import type { Around } from '../lib/instrument.ts'
import type { RateLimit } from '../lib/rate-limit.ts'
import { lintedRules } from '../scopes/lint.ts'
import { readDeclaredScopes } from '../scopes/read-rules.ts'
import { createGuard } from './authenticate-request.ts'
import { type Ide, idePage, rulesRoute, wantsIde } from './ide.ts'
import { metadataRoutes, rememberedUrl } from './metadata.ts'
import { type AnswerCaller, restRoutes, STORED_DOCUMENTS } from './rest.ts'

type Options = Omit<Context, 'caller' | 'idempotencyKey' | 'tell'> & {
  readonly schema: GraphQLSchema
  readonly authenticate: Authenticate
  /** Counts the requests of a client; undefined: as many as come. */
  readonly limitClient: RateLimit | undefined
  /** The API's public URL. */
  readonly resource: () => string
  readonly issuer: string
  readonly introspection: 'open' | 'authenticated' | 'off'
  readonly hideNames: boolean
  readonly documents: DocumentLimits
  readonly trusted: TrustedDocuments
  readonly ide: Ide
  readonly reportFault: (error: unknown) => void
  /** Put around steps of the pipeline; nothing if left out. */
  readonly around?: Around
}

type Api = {
  readonly routes: readonly Route[]
  readonly lists: ReturnType<typeof closedLists>
  stop(): Promise<void>
}

/**
 * Everything that the API answers, what can be told of it, and how to stop it. Who asks is settled in front of each route, once.
 * @throws SchemaFaults when a field has no rule, or a rule makes no sense
 */
export async function startApi(options: Options): Promise<Api> {
  const { schema, authenticate, limitClient, resource, issuer, books, now, limits, idempotencyMs } = options
  const metadata = () => rememberedUrl(resource())
  const rules = lintedRules(schema)
  const declared = readDeclaredScopes(schema)
  const page = idePage({ ...options, declared })
  const texts = [...options.trusted.texts, ...STORED_DOCUMENTS]
  const trusted = { ...options.trusted, texts }
  const apollo = await startApollo({ ...options, trusted, rules, declared, metadataUrl: metadata })

  const guarded = createGuard({ authenticate, limitClient, metadata })
  const graphql: AnswerCaller = async (question, caller, tell) => {
    const idempotencyKey = readIdempotencyKey(question.headers['idempotency-key'])
    return apollo.run(question, { caller, books, now, limits, idempotencyKey, idempotencyMs, tell })
  }
  const answerGraphQL = guarded(graphql)
  const routes: Route[] = [
    {
      method: ['GET', 'POST', 'PUT', 'DELETE', 'HEAD'],
      url: '/graphql',
      answer: async (question) => (wantsIde(question) ? page : answerGraphQL(question)),
    },
    ...[...restRoutes(graphql), rulesRoute(rules, options.introspection)].map((route) => ({
      ...route,
      answer: guarded(route.answer),
    })),
    ...metadataRoutes(resource, issuer, declared),
  ]
  return { routes, lists: closedLists(schema, rules), stop: apollo.stop }
}
