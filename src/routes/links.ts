import type { Introspection } from '../graphql/apollo-server.ts'
import { createJsonResponse, type Route } from '../lib/http-messages.ts'
import { createHtmlPage, prefersHtml } from './html-page.ts'
import { toMetadataUrl } from './metadata.ts'

/**
 * Returns the route of `/`, which links to the API's other paths: a page for browsers, JSON for programs.
 * @param getApiUrl returns the API's public URL, which may have a path
 */
export const createLinksRoute = (getApiUrl: () => string, introspection: Introspection): Route => ({
  method: 'GET',
  url: '/',
  async handler({ headers }) {
    const links = listLinks(getApiUrl(), introspection)
    if (prefersHtml(headers.accept)) return createHtmlPage(200, ['img-src data:'], renderLinks(links))
    const urls = Object.fromEntries(links.map(({ name, url }) => [name, url]))
    return createJsonResponse(200, urls, { vary: 'accept', link: `<${urls.openapi}>; rel="service-desc"` })
  },
})

function listLinks(apiUrl: string, introspection: Introspection) {
  const links = [
    { name: 'graphql', url: `${apiUrl}/graphql`, text: 'GraphQL IDE' },
    { name: 'schema', url: `${apiUrl}/schema.graphql`, text: 'Schema (SDL)' },
    { name: 'books', url: `${apiUrl}/books`, text: 'Books (REST, requires an access token)' },
    { name: 'openapi', url: `${apiUrl}/openapi.json`, text: 'OpenAPI document of the REST calls' },
    { name: 'metadata', url: toMetadataUrl(apiUrl), text: 'OAuth metadata of this API' },
  ]
  return introspection === 'off' ? links.filter(({ name }) => name !== 'schema') : links
}

/** Renders paths: a browser may have reached the API by another host than that of its public URL. */
const renderLinks = (links: ReturnType<typeof listLinks>) => `<meta name="color-scheme" content="light dark">
<main><h1>FakeBook API</h1>
<ul>
${links.map(({ url, text }) => `<li><a href="${new URL(url).pathname}">${text}</a>`).join('\n')}
</ul></main>`
