import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'

/** Composes subgraphs, each with a name, a URL and its SDL, into the supergraph. Throws if they do not fit together. */
export function compose(subgraphs) {
  const services = subgraphs.map(({ sdl, ...subgraph }) => ({ ...subgraph, typeDefs: parse(sdl) }))
  const { errors, supergraphSdl } = composeServices(services)
  if (errors) throw new Error(errors.map(({ message }) => message).join('\n'))
  return supergraphSdl
}

/** Fetches the SDL of the API, which `npm run schema -- --federation` prints too. */
export async function fetchSdl(url) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  })
  const { data, errors } = await response.json()
  if (errors)
    throw new Error(`${url}: ${errors[0].message} The API needs SUBGRAPH=on and INTROSPECTION=open.`)
  if (data._service.sdl === null) throw new Error(`${url} does not return its SDL. Set INTROSPECTION=open.`)
  return data._service.sdl
}
