// Apollo Server's integration test suite, run against our HTTP server and the way from HTTP to Apollo Server. It is started
// by apollo-suite.slow.test.ts, which lists the few tests that do not apply.
import { ApolloServer, type BaseContext, HeaderMap } from '@apollo/server'
import { defineIntegrationTestSuite } from '@apollo/server-integration-testsuite'
import { parseConfig } from '../../src/config/config.ts'
import { createExecute, createExecuteHttp } from '../../src/graphql/execute.ts'
import { createErrorResponse } from '../../src/graphql/format-error.ts'
import { parseJsonBody } from '../../src/graphql/graphql-params.ts'
import { createHttpServer } from '../../src/http/server.ts'
import type { HttpRequest, HttpResponse } from '../../src/lib/http-messages.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { TEST_SETTINGS } from '../support/service.ts'

const config = parseConfig(TEST_SETTINGS)
const { maxJsonDepth } = config.http
const log = await createLogger(config)

/** The headers that plugins and context functions of the suite read. The product does not pass them to Apollo Server. */
const SUITE_HEADERS = ['apollo-federation-include-trace', 'xxx', 'yyy']

defineIntegrationTestSuite(
  async (serverOptions, testOptions) => {
    const server = new ApolloServer<BaseContext>(serverOptions)
    const httpServer = createHttpServer({
      limits: config.http,
      log,
      metrics: { contentType: 'text/plain', render: async () => '' },
      checkReadiness: async () => ({ isReady: true, reasons: {}, dependencies: {} }),
      recordRequest: () => undefined,
      limitAddress: undefined,
    })
    // Document limits and trusted documents are not part of the suite.
    const checkDocument = () => undefined
    const resolveDocument = () => undefined
    const reject = () => undefined
    const execute = createExecute({ server })
    const executeHttp = createExecuteHttp({
      server,
      execute,
      checkDocument,
      resolveDocument,
      rejectAnonymous: reject,
      rejectRepeated: reject,
      maxJsonDepth,
    })
    const getContext = testOptions?.context ?? (async () => ({}))

    /** Executes a request as the product does, except where the suite tests what the product does not have. */
    async function handleRequest(request: HttpRequest): Promise<HttpResponse> {
      const context = await getContext().catch(() => undefined)
      // The product has no landing page, and rejects other requests for HTML.
      const isForPage = request.headers.accept?.includes('text/html')
      const isForProduct = context && !isForPage && !SUITE_HEADERS.some((name) => request.headers[name])
      return isForProduct ? executeHttp(request, context) : executeByApollo(request)
    }

    async function executeByApollo({ method, headers, search, body }: HttpRequest): Promise<HttpResponse> {
      const response = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method,
          headers: new HeaderMap(Object.entries(headers).map(([name, value]) => [name, String(value)])),
          search,
          body: parseJsonBody(body, maxJsonDepth),
        },
        context: getContext,
      })
      if (response.body.kind !== 'complete') throw new Error('Incremental delivery is not supported.')
      return {
        status: response.status ?? 200,
        headers: { 'cache-control': 'no-store', ...Object.fromEntries(response.headers) },
        body: response.body.string,
      }
    }

    httpServer.addRoutes([
      {
        method: ['GET', 'POST', 'PUT', 'DELETE'],
        url: '/',
        handler: (request) =>
          handleRequest(request).catch((error) => createErrorResponse(error, '', request)),
      },
    ])
    await server.start()
    const port = await httpServer.listen(0, '127.0.0.1')
    return { server, url: `http://127.0.0.1:${port}`, extraCleanup: () => httpServer.close() }
  },
  // graphql-js 16 has neither @defer nor @stream.
  { noIncrementalDelivery: true },
)
