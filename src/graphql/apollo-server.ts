import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { addResolversToSchema } from '@graphql-tools/schema'
import type { GraphQLSchema } from 'graphql'
import { ApiError } from '../errors/api-error.ts'
import type { HttpRequest, HttpResponse } from '../lib/http-messages.ts'
import type { Instrument } from '../lib/instrument.ts'
import type { DeclaredScope, Rules } from '../scopes/index.ts'
import { combinePlugins, type RequestHooks } from './combine-plugins.ts'
import { createCompiledExecution } from './compiled-execution.ts'
import type { Context } from './context.ts'
import { createCheckDocument, type DocumentLimits } from './document-limits.ts'
import { createDocumentStore } from './document-store.ts'
import { createErrorStatusPlugin } from './error-status-plugin.ts'
import { type CheckDocument, CSRF_PREVENTION_HEADERS, createExecuteRequest } from './execute-request.ts'
import { formatError, toApolloError } from './format-error.ts'
import { DEFAULT_PAGE_SIZE } from './page-input.ts'
import { createQueryIds } from './query-ids.ts'
import { authorizeOperation, guardResolvers } from './requires-scope.ts'
import { resolvers } from './resolvers.ts'
import { addScopeDescriptions } from './scope-descriptions.ts'
import { createResolveTrustedDocument, type TrustedDocumentOptions } from './trusted-documents.ts'

type Options = {
  readonly schema: GraphQLSchema
  readonly rules: Rules
  readonly declared: readonly DeclaredScope[]
  readonly metadataUrl: () => string
  readonly introspection: 'open' | 'authenticated' | 'off'
  /** Whether errors keep the schema’s names to themselves: no "Did you mean". */
  readonly hideNames: boolean
  readonly documents: DocumentLimits
  readonly trusted: TrustedDocumentOptions
  readonly reportFault: (error: unknown) => void
  /** Put around steps of the pipeline; nothing if left out. */
  readonly instrument?: Instrument
}

/** Runs GraphQL over one HTTP exchange whose caller is already known. */
export type ExecuteGraphQL = (question: HttpRequest, context: Context) => Promise<HttpResponse>

/** Apollo Server with both locks on. */
export async function startApolloServer(
  options: Options,
): Promise<{ executeGraphQL: ExecuteGraphQL; stop(): Promise<void> }> {
  const {
    rules,
    declared: declaredScopes,
    metadataUrl: getMetadataUrl,
    introspection,
    hideNames: hideSchemaDetails,
    reportFault: logError,
  } = options
  const schema = addScopeDescriptions(
    guardResolvers(addResolversToSchema({ schema: options.schema, resolvers }), rules),
    rules,
  )
  const gate = {
    schema,
    rules,
    declared: declaredScopes,
    metadataUrl: getMetadataUrl,
    introspectionNeedsToken: introspection === 'authenticated',
    instrument: options.instrument,
  }
  const checkDocument = createCheckDocument(schema, options.documents, DEFAULT_PAGE_SIZE)
  const { listener, gateway } = createCompiledExecution(schema)
  const { assignQueryId, isQueryId, cache } = createQueryIds()
  const server = new ApolloServer<Context>({
    gateway,
    introspection: introspection !== 'off',
    hideSchemaDetailsFromClientErrors: hideSchemaDetails,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    csrfPrevention: { requestHeaders: CSRF_PREVENTION_HEADERS },
    documentStore: createDocumentStore(),
    persistedQueries: { cache },
    formatError,
    plugins: [
      combinePlugins(
        limitsByHash(checkDocument, getMetadataUrl, isQueryId),
        authorizeOperation(gate),
        listener,
        createErrorStatusPlugin(logError),
      ),
      // Pages from elsewhere, reports to elsewhere, and hints that would cost a call at each field.
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
  })
  await server.start()
  const run = createExecuteRequest({
    server,
    checkDocument,
    trust: createResolveTrustedDocument(options.trusted),
    nameOf: assignQueryId,
  })
  return {
    executeGraphQL: (question, context) => run(question, async () => context),
    stop: () => server.stop(),
  }
}

/**
 * A document that comes by its hash alone was measured when it came with its text, but its pages may be larger now.
 * @param isOurs whether the name was given to a text that came with this request, and was measured there
 */
function limitsByHash(
  checkDocument: CheckDocument,
  metadataUrl: () => string,
  isOurs: (name: unknown) => boolean,
): RequestHooks<Context> {
  return {
    didResolveOperation({ request, source }) {
      if (request.query !== undefined || isOurs(request.extensions?.persistedQuery?.sha256Hash)) return
      try {
        checkDocument(request, source)
      } catch (error) {
        throw error instanceof ApiError ? toApolloError(error, metadataUrl()) : error
      }
    },
  }
}
