import {
  ApolloServer,
  type ApolloServerPlugin,
  type BaseContext,
  type ContextThunk,
  HeaderMap,
} from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { addResolversToSchema } from '@graphql-tools/schema'
import type { GraphQLSchema } from 'graphql'
import type { Around } from '../around.ts'
import type { Answer, Question } from '../exchange.ts'
import { badRequest, Refusal } from '../refusal.ts'
import type { DeclaredScope, Rules } from '../scopes/rules.ts'
import { compiled } from './compiled.ts'
import type { Context } from './context.ts'
import { described } from './described.ts'
import { type DocumentLimits, documentLimits, type GraphQLRequest } from './document-limits.ts'
import { documentStore } from './document-store.ts'
import { formatError, throughApollo } from './errors.ts'
import { DEFAULT_PAGE } from './page-input.ts'
import { refusalStatus } from './refusal-status.ts'
import { resolvers } from './resolvers.ts'
import { locked, scopeGate } from './scope-gate.ts'
import { type Trust, type TrustedDocuments, trustedDocuments } from './trusted-documents.ts'

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

/** Headers that a browser sends at no other site's bidding: a request that has one is not forged. */
const NEVER_BY_ITSELF = ['authorization', 'x-apollo-operation-name', 'apollo-require-preflight']
const READ_BY_APOLLO = ['accept', 'content-type', ...NEVER_BY_ITSELF]

type Request = Parameters<Trust>[0]
type CheckDocument = (request: GraphQLRequest) => void

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
  const { plugin, gateway } = compiled(schema)
  const server = new ApolloServer<Context>({
    gateway,
    introspection: introspection !== 'off',
    hideSchemaDetailsFromClientErrors: hideNames,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    csrfPrevention: { requestHeaders: NEVER_BY_ITSELF },
    documentStore: documentStore(),
    formatError,
    plugins: [
      limitsByHash(checkDocument, metadataUrl),
      scopeGate(gate),
      refusalStatus(reportFault),
      plugin,
      // Pages from elsewhere, reports to elsewhere, and hints that would cost a call at each field.
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
  })
  await server.start()
  const run = runner(server, checkDocument, trustedDocuments(options.trusted))
  return { run: (question, context) => run(question, async () => context), stop: () => server.stop() }
}

/**
 * The road from a request to a started Apollo Server and back, whatever schema it has.
 * @param read names of the headers that Apollo Server is shown
 */
export function runner<Known extends BaseContext>(
  server: ApolloServer<Known>,
  checkDocument: CheckDocument,
  trust: Trust,
  read: readonly string[] = READ_BY_APOLLO,
) {
  return async function run(
    { method, headers, search, body }: Question,
    context: ContextThunk<Known>,
  ): Promise<Answer> {
    const map = new HeaderMap()
    for (const name of read) {
      const value = headers[name]
      if (typeof value === 'string') map.set(name, value)
    }
    const parsed = parseBody(body)
    const request: Request = method === 'GET' ? fromSearch(search) : Object(parsed)
    const text = trust(request)
    checkDocument(text === undefined ? request : { ...request, query: text })
    const answer = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, headers: map, ...sentAs(text, search, parsed) },
      context,
    })
    if (answer.body.kind !== 'complete') throw new Error('an answer in parts was not asked for')
    const sent = { 'cache-control': 'no-store', ...Object.fromEntries(answer.headers) }
    return { status: answer.status ?? 200, headers: sent, body: answer.body.string }
  }
}

/** What Apollo Server is given: the request as it came, or with the document that it named. */
function sentAs(text: string | undefined, search: string, parsed: unknown) {
  if (text === undefined) return { search, body: parsed }
  const { documentId: _, extensions: __, ...body } = Object(parsed)
  const parameters = new URLSearchParams(search)
  for (const name of ['documentId', 'extensions']) parameters.delete(name)
  // Whichever of the two Apollo Server reads; the other one is not looked at.
  parameters.set('query', text)
  return { search: `?${parameters}`, body: { ...body, query: text } }
}

/**
 * A document that comes by its hash alone was measured when it came with its text, but its pages may be larger now.
 */
function limitsByHash(checkDocument: CheckDocument, metadataUrl: () => string): ApolloServerPlugin<Context> {
  return {
    async requestDidStart({ request }) {
      if (request.query !== undefined) return undefined
      return {
        async didResolveOperation({ source }) {
          try {
            checkDocument({ ...request, query: source })
          } catch (error) {
            throw error instanceof Refusal ? throughApollo(error, metadataUrl()) : error
          }
        },
      }
    },
  }
}

function fromSearch(search: string): Request {
  const parameters = new URLSearchParams(search)
  const json = (name: string): unknown => {
    try {
      return JSON.parse(parameters.get(name) ?? '{}')
    } catch {
      // Apollo Server says so.
      return undefined
    }
  }
  const operationName = parameters.get('operationName') ?? undefined
  const variables = json('variables')
  return {
    query: parameters.get('query'),
    operationName,
    variables,
    documentId: parameters.get('documentId'),
    extensions: json('extensions'),
  }
}

function parseBody(body: string | undefined): unknown {
  if (body === undefined || body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    throw badRequest('The body is not JSON.')
  }
}
