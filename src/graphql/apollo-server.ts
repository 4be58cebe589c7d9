import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { addResolversToSchema } from '@graphql-tools/schema'
import type { GraphQLSchema } from 'graphql'
import { Refusal } from '../errors/api-error.ts'
import type { Answer, Question } from '../lib/http-messages.ts'
import type { Around } from '../lib/instrument.ts'
import type { DeclaredScope, Rules } from '../scopes/read-rules.ts'
import { type Listener, listening } from './combine-plugins.ts'
import { compiled } from './compiled-execution.ts'
import type { Context } from './context.ts'
import { type DocumentLimits, documentLimits } from './document-limits.ts'
import { documentStore } from './document-store.ts'
import { refusalStatus } from './error-status-plugin.ts'
import { type CheckDocument, NEVER_BY_ITSELF, runner } from './execute-request.ts'
import { formatError, throughApollo } from './format-error.ts'
import { DEFAULT_PAGE } from './page-input.ts'
import { namedTexts } from './query-ids.ts'
import { locked, scopeGate } from './requires-scope.ts'
import { resolvers } from './resolvers.ts'
import { described } from './scope-descriptions.ts'
import { type TrustedDocuments, trustedDocuments } from './trusted-documents.ts'

type Options = {
  readonly schema: GraphQLSchema
  readonly rules: Rules
  readonly declared: readonly DeclaredScope[]
  readonly metadataUrl: () => string
  readonly introspection: 'open' | 'authenticated' | 'off'
  /** Whether errors keep the schema’s names to themselves: no "Did you mean". */
  readonly hideNames: boolean
  readonly documents: DocumentLimits
  readonly trusted: TrustedDocuments
  readonly reportFault: (error: unknown) => void
  /** Put around steps of the pipeline; nothing if left out. */
  readonly around?: Around
}

/** Runs GraphQL over one HTTP exchange whose caller is already known. */
export type RunGraphQL = (question: Question, context: Context) => Promise<Answer>

/** Apollo Server with both locks on. */
export async function startApollo(options: Options): Promise<{ run: RunGraphQL; stop(): Promise<void> }> {
  const { rules, declared, metadataUrl, introspection, hideNames, reportFault } = options
  const schema = described(locked(addResolversToSchema({ schema: options.schema, resolvers }), rules), rules)
  const gate = {
    schema,
    rules,
    declared,
    metadataUrl,
    introspectionNeedsToken: introspection === 'authenticated',
    around: options.around,
  }
  const checkDocument = documentLimits(schema, options.documents, DEFAULT_PAGE)
  const { listener, gateway } = compiled(schema)
  const { nameOf, isName, cache } = namedTexts()
  const server = new ApolloServer<Context>({
    gateway,
    introspection: introspection !== 'off',
    hideSchemaDetailsFromClientErrors: hideNames,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    csrfPrevention: { requestHeaders: NEVER_BY_ITSELF },
    documentStore: documentStore(),
    persistedQueries: { cache },
    formatError,
    plugins: [
      listening(
        limitsByHash(checkDocument, metadataUrl, isName),
        scopeGate(gate),
        listener,
        refusalStatus(reportFault),
      ),
      // Pages from elsewhere, reports to elsewhere, and hints that would cost a call at each field.
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
  })
  await server.start()
  const run = runner({ server, checkDocument, trust: trustedDocuments(options.trusted), nameOf })
  return { run: (question, context) => run(question, async () => context), stop: () => server.stop() }
}

/**
 * A document that comes by its hash alone was measured when it came with its text, but its pages may be larger now.
 * @param isOurs whether the name was given to a text that came with this request, and was measured there
 */
function limitsByHash(
  checkDocument: CheckDocument,
  metadataUrl: () => string,
  isOurs: (name: unknown) => boolean,
): Listener<Context> {
  return {
    onOperation({ request, source }) {
      if (request.query !== undefined || isOurs(request.extensions?.persistedQuery?.sha256Hash)) return
      try {
        checkDocument(request, source)
      } catch (error) {
        throw error instanceof Refusal ? throughApollo(error, metadataUrl()) : error
      }
    },
  }
}
