// Apollo Server's integration test suite, run against our HTTP server and the way from HTTP to Apollo Server. It is started
// by apollo-suite.slow.test.ts, which lists the few tests that do not apply.
import { ApolloServer, type BaseContext } from '@apollo/server'
import { defineIntegrationTestSuite } from '@apollo/server-integration-testsuite'
import { parseConfig } from '../../src/config/config.ts'
import { createExecute, createExecuteHttp } from '../../src/graphql/execute.ts'
import { createErrorResponse } from '../../src/graphql/format-error.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { TEST_SETTINGS } from '../support/service.ts'

const config = parseConfig(TEST_SETTINGS)
const log = await createLogger(config)

/** The headers that the product passes to Apollo Server, and those that the suite sends. */
const HEADER_NAMES = [
  'accept',
  'content-type',
  'authorization',
  'x-apollo-operation-name',
  'apollo-require-preflight',
  'apollo-federation-include-trace',
  'xxx',
  'yyy',
]

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
    const execute = createExecute({ server, checkDocument })
    const executeHttp = createExecuteHttp({
      server,
      execute,
      checkDocument,
      resolveDocument,
      headerNames: HEADER_NAMES,
    })
    const getContext = testOptions?.context ?? (async () => ({}))
    httpServer.addRoutes([
      {
        method: ['GET', 'POST', 'PUT', 'DELETE'],
        url: '/',
        handler: (request) =>
          executeHttp(request, getContext).catch((error) => createErrorResponse(error, '', request.logError)),
      },
    ])
    await server.start()
    const port = await httpServer.listen(0, '127.0.0.1')
    return { server, url: `http://127.0.0.1:${port}`, extraCleanup: () => httpServer.close() }
  },
  // graphql-js 16 has neither @defer nor @stream.
  { noIncrementalDelivery: true },
)
