import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import type { Instrument } from '../lib/instrument.ts'
import type { DeniedHandling, Scopes } from '../scopes/index.ts'
import { createQueryCache } from './apollo-fast-paths.ts'
import { DEFAULT_PAGE_SIZE } from './book-input.ts'
import { combineHooks } from './combine-hooks.ts'
import { createCompiledExecution } from './compiled-execution.ts'
import type { Context } from './context.ts'
import { createDescribeDocument } from './describe-document.ts'
import { createDocumentCache } from './document-cache.ts'
import { createCheckDocument, type DocumentLimits } from './document-limits.ts'
import { createDocumentStore } from './document-store.ts'
import { createErrorStatusHooks } from './error-status-hooks.ts'
import { CSRF_PREVENTION_HEADERS, createExecute, createExecuteHttp, type Execute } from './execute.ts'
import { formatError } from './format-error.ts'
import { withLenientHandling } from './lenient-handling.ts'
import { createAuthorization } from './requires-scope.ts'
import { addScopeDescriptions } from './scope-descriptions.ts'
import { createResolveDocument, type TrustedDocumentOptions } from './trusted-documents.ts'

const MAX_VALIDATION_ERRORS = 5

/** The requests that may introspect the schema: all, those with a token, or none. */
export type Introspection = 'open' | 'authenticated' | 'off'

type ApolloServerOptions = {
  /** Of the schema with resolvers. */
  readonly scopes: Scopes
  readonly getMetadataUrl: () => string
  readonly introspection: Introspection
  /** Of queries to the GraphQL path without a preference of the client. */
  readonly deniedFields: DeniedHandling
  /** Leaves out "Did you mean" in errors of documents and variables, which reveals names of the schema. */
  readonly hideSchemaDetails: boolean
  readonly documentLimits: DocumentLimits
  readonly trustedDocuments: TrustedDocumentOptions
  readonly maxJsonDepth: number
  readonly logError: (error: unknown) => void
  /** Measures steps of the request, see `Instrument`. */
  readonly instrument: Instrument
}

/** Starts Apollo Server with the enforcement of scopes, and the limits. */
export async function startApolloServer(options: ApolloServerOptions) {
  const { scopes, getMetadataUrl, introspection, maxJsonDepth, instrument } = options
  const { schema } = scopes
  addScopeDescriptions(scopes)

  const documents = createDocumentCache()
  const authorization = createAuthorization({
    scopes,
    getMetadataUrl,
    introspectionRequiresToken: introspection === 'authenticated',
    instrument,
  })
  const compiledExecution = createCompiledExecution(schema, { hideSuggestions: options.hideSchemaDetails })
  const { findRegistered, cache } = createQueryCache(documents)
  const validation = createDocumentStore(schema, documents, {
    allowsIntrospection: introspection !== 'off',
    hideSuggestions: options.hideSchemaDetails,
    maxErrors: MAX_VALIDATION_ERRORS,
  })
  const server = new ApolloServer<Context>({
    gateway: compiledExecution.gateway,
    introspection: introspection !== 'off',
    // The hooks of the document store hide suggestions, in linear time.
    hideSchemaDetailsFromClientErrors: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // Each error repeats names of the document, which may be long.
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    csrfPrevention: { requestHeaders: CSRF_PREVENTION_HEADERS },
    documentStore: validation.documentStore,
    persistedQueries: { cache },
    formatError,
    plugins: [
      combineHooks(
        // First, because an invalid document is not authorized.
        validation.hooks,
        authorization.hooks,
        compiledExecution.hooks,
        createErrorStatusHooks(options.logError),
      ),
      // These would load a page from a CDN, report usage, or add work to every field.
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
  })
  await server.start()

  const checkDocument = createCheckDocument(schema, options.documentLimits, DEFAULT_PAGE_SIZE, documents)
  const executeUnchecked = createExecute({ server, findQueryId: (text) => documents.find(text)?.id })
  /** @throws ApiError when a document limit is exceeded */
  const execute: Execute<Context> = async (request, context) => {
    checkDocument(request, request.query)
    return executeUnchecked(request, context)
  }
  const resolveDocument = createResolveDocument(options.trustedDocuments, findRegistered)
  const executeHttp = createExecuteHttp({
    server,
    execute: executeUnchecked,
    checkDocument,
    resolveDocument,
    rejectAnonymous: authorization.rejectAnonymous,
    rejectRepeated: authorization.rejectRepeated,
    maxJsonDepth,
  })
  return {
    describeDocument: createDescribeDocument(scopes),
    execute,
    executeHttp: withLenientHandling(executeHttp, options.deniedFields),
    stop: () => server.stop(),
  }
}
