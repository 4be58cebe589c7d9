// Apollo's own tests of what stands between HTTP and Apollo Server, with our room and our road there. Run by
// apollo-suite.test.ts, which knows the few that do not apply.
import { ApolloServer, type BaseContext } from '@apollo/server'
import { defineIntegrationTestSuite } from '@apollo/server-integration-testsuite'
import { parseConfig } from '../../src/config/config.ts'
import { createExecuteRequest } from '../../src/graphql/execute-request.ts'
import { createErrorResponse } from '../../src/graphql/format-error.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { TEST_SETTINGS } from '../support/service.ts'

const config = parseConfig(TEST_SETTINGS)
const log = await createLogger(config)
const METRICS = { contentType: 'text/plain', render: async () => '' }
/** What the product shows to Apollo Server, and what these tests send beside: to a gateway, and instead of CSRF's own. */
const READ = [
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
    const apollo = new ApolloServer<BaseContext>(serverOptions)
    const limits = { ...config.http, perMinute: undefined }
    const room = createHttpServer({
      limits,
      log,
      metrics: METRICS,
      checks: [],
      recordRequest: () => undefined,
      limitAddress: undefined,
    })
    // Limits and lists of documents are this product's own; a request's way is what is looked at here.
    const letThrough = () => undefined
    const run = createExecuteRequest({
      server: apollo,
      checkDocument: letThrough,
      trust: letThrough,
      read: READ,
    })
    const context = testOptions?.context ?? (async () => ({}))
    room.addRoutes([
      {
        method: ['GET', 'POST', 'PUT', 'DELETE', 'HEAD'],
        url: '/',
        handler: (question) =>
          run(question, context).catch((error) => createErrorResponse(error, '', question.logError)),
      },
    ])
    await apollo.start()
    const port = await room.listen(0, '127.0.0.1')
    return { server: apollo, url: `http://127.0.0.1:${port}`, extraCleanup: () => room.close() }
  },
  // graphql-js 16 has neither @defer nor @stream.
  { noIncrementalDelivery: true },
)
