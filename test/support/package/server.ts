// Starts one server for each schema with the package as it is installed in the folder of this file. Run as a child process.
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { buildSchema, type GraphQLSchema } from 'graphql'
import { createHandler } from 'graphql-http/lib/use/http'
import { createScopes, type Scopes } from 'graphql-oauth-scopes'
import { scopesPlugin } from 'graphql-oauth-scopes/apollo'
import { useScopes } from 'graphql-oauth-scopes/envelop'
import { scopesHandler } from 'graphql-oauth-scopes/graphql-http'
import { registerScopes } from 'graphql-oauth-scopes/mercurius'
import { createYoga, type YogaInitialContext } from 'graphql-yoga'
import { addResolvers } from './add-resolvers.ts'
import { addPathResolvers, type Values } from './path-values.ts'
import type { StartOptions } from './start-options.ts'

type Context = { authorization: string | null | undefined; requestId: string | null | undefined }

const createContext = ({ headers }: IncomingMessage): Context => ({
  authorization: headers.authorization,
  requestId: String(headers['x-request-id']),
})

/** The scopes of `Bearer a b`; other schemes are mistakes that a `scopesOf` can make. */
function scopesOf({ authorization }: { authorization?: string | null | undefined }) {
  if (authorization === 'Throws') throw new Error('scopesOf failed')
  const mistakes: Record<string, unknown> = {
    Text: 'a b c read admin',
    Later: Promise.resolve(['a']),
    Null: null,
  }
  const mistake = mistakes[authorization ?? '']
  if (mistake !== undefined) return mistake as string[]
  return authorization?.split(' ').slice(1)
}

const options = { scopesOf, resourceMetadata: 'https://api.example/.well-known/oauth-protected-resource' }

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/graphql`
}

// Apollo Server and Mercurius are imported where they are used: they are not installed beside graphql 17.

async function startApollo(scopes: Scopes) {
  const { ApolloServer, HeaderMap } = await import('@apollo/server')
  const server = new ApolloServer<Context>({
    schema: scopes.schema,
    plugins: [scopesPlugin(scopes, options)],
    allowBatchedHttpRequests: true,
    csrfPrevention: false,
    includeStacktraceInErrorResponses: false,
  })
  await server.start()
  return listen(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const headers = new HeaderMap()
    for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value))
    const {
      body,
      headers: responseHeaders,
      status,
    } = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? '',
        headers,
        search: new URL(request.url ?? '', 'http://localhost').search,
        body: chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined,
      },
      context: async () => createContext(request),
    })
    response.writeHead(status ?? 200, Object.fromEntries(responseHeaders))
    response.end(body.kind === 'complete' ? body.string : undefined)
  })
}

const startYoga = (scopes: Scopes) =>
  listen(
    createYoga({
      schema: scopes.schema,
      plugins: [useScopes(scopes, options)],
      context: ({ request }: YogaInitialContext): Context => ({
        authorization: request.headers.get('authorization'),
        requestId: request.headers.get('x-request-id'),
      }),
      batching: true,
      logging: false,
    }),
  )

async function startMercurius(scopes: Scopes, jit: number) {
  const [{ fastify }, { mercurius }] = await Promise.all([import('fastify'), import('mercurius')])
  const app = fastify()
  app.register(mercurius, {
    schema: scopes.schema,
    context: ({ raw }) => createContext(raw),
    allowBatchedQueries: true,
    jit,
  })
  await registerScopes(app, scopes, options)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/graphql`
}

const startGraphqlHttp = (scopes: Scopes) =>
  listen(
    createHandler({
      schema: scopes.schema,
      context: ({ raw }) => createContext(raw),
      ...scopesHandler(scopes, options),
    }),
  )

const SERVERS: Record<string, (scopes: Scopes) => Promise<string>> = {
  apollo: startApollo,
  yoga: startYoga,
  mercurius: (scopes) => startMercurius(scopes, 0),
  'mercurius with JIT': (scopes) => startMercurius(scopes, 1),
  'graphql-http': startGraphqlHttp,
}

function buildTestSchema(sdl: string, values: Values | undefined): GraphQLSchema {
  const schema = buildSchema(sdl)
  if (values) addPathResolvers(schema, () => values)
  else
    addResolvers(schema, (context, field) => {
      process.send?.({ call: { requestId: (context as Context).requestId, field } })
    })
  return schema
}

async function createTestScopes(
  sdl: string,
  { unchecked = false, denied = 'reject', values }: StartOptions,
): Promise<Scopes> {
  const schema = buildTestSchema(sdl, values)
  if (!unchecked) return createScopes(schema, { denied })
  const load = (file: string) => import(new URL(file, import.meta.resolve('graphql-oauth-scopes')).href)
  const [{ enforceRules }, { readRules }] = await Promise.all([
    load('create-scopes.js'),
    load('read-rules.js'),
  ])
  return enforceRules(schema, readRules(schema), denied)
}

type Message = { readonly server: string; readonly sdl?: string; readonly options: StartOptions }

process.on('message', async ({ server, sdl, options: startOptions }: Message) => {
  if (sdl === undefined) return process.send?.({ done: true })
  const scopes = await createTestScopes(sdl, startOptions)
  return process.send?.({ url: await SERVERS[server]?.(scopes) })
})
