import { createJsonResponse, type Route } from '../lib/http-messages.ts'
import template from './openapi.json' with { type: 'json' }
import type { DescribedEndpoint } from './rest.ts'

type OpenApiOptions = {
  readonly endpoints: readonly DescribedEndpoint[]
  readonly getApiUrl: () => string
  readonly issuer: string
  readonly version: string
}

/**
 * Returns the route of the OpenAPI document of the REST calls. The template adds what is not in the GraphQL schema. The
 * document is public whatever INTROSPECTION is set to: clients read it before they have a token, and it shows no more of the
 * schema than the REST calls do.
 */
export function createOpenApiRoute({ endpoints, getApiUrl, issuer, version }: OpenApiOptions): Route {
  const { info, paths, components } = template
  const book = endpoints[0]?.fields.get('Book') ?? {}
  const openIdConnectUrl = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const document = {
    ...template,
    info: { ...info, version },
    paths: addOperations(paths, endpoints),
    components: {
      ...components,
      schemas: {
        Book: { type: 'object', properties: book, required: Object.keys(book) },
        ...components.schemas,
      },
      securitySchemes: { accessToken: { ...components.securitySchemes.accessToken, openIdConnectUrl } },
    },
  }
  return {
    method: 'GET',
    url: '/openapi.json',
    allowsAnyOrigin: true,
    async handler() {
      const servers = [{ url: getApiUrl() }]
      return createJsonResponse(200, { ...document, servers }, { 'cache-control': 'public, max-age=3600' })
    },
  }
}

type Paths = Readonly<Record<string, Readonly<Record<string, object>>>>

function addOperations(templatePaths: Paths, endpoints: readonly DescribedEndpoint[]): Paths {
  const paths = { ...templatePaths }
  for (const endpoint of endpoints) {
    const path = endpoint.url.replace(/:(\w+)/g, '{$1}')
    const method = endpoint.method.toLowerCase()
    paths[path] = { ...paths[path], [method]: { ...paths[path]?.[method], ...describeOperation(endpoint) } }
  }
  return paths
}

function describeOperation({ method, url, requiredScopes, variables }: DescribedEndpoint) {
  // An empty object allows requests without a token.
  const security = [requiredScopes.length > 0 ? { accessToken: requiredScopes } : {}]
  if (method === 'POST') return { security, requestBody: describeBody(variables) }
  const parameters = variables.map(({ isRequired, ...variable }) => ({
    ...variable,
    in: url.includes(`:${variable.name}`) ? 'path' : 'query',
    required: isRequired,
  }))
  return { security, parameters }
}

function describeBody(variables: DescribedEndpoint['variables']) {
  const entries = variables.map(({ name, schema, description }) => [name, { ...schema, description }])
  const properties = Object.fromEntries(entries)
  const required = variables.filter(({ isRequired }) => isRequired).map(({ name }) => name)
  const schema = { type: 'object', properties, required, additionalProperties: false }
  return { required: true, content: { 'application/json': { schema } } }
}
