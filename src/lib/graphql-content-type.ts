import { JSON_CONTENT_TYPE, parseWeights, toOriginForm } from './http-messages.ts'

// Content negotiation of GraphQL responses (GraphQL over HTTP, draft of 2026-08-06, "Response").

/** The path whose responses have the media type that Accept asks for. */
export const GRAPHQL_PATH = '/graphql'

const JSON_TYPE = 'application/json'
const GRAPHQL_RESPONSE_TYPE = 'application/graphql-response+json'

export const GRAPHQL_CONTENT_TYPE = `${GRAPHQL_RESPONSE_TYPE}; charset=utf-8`

export type GraphQLContentType = typeof JSON_CONTENT_TYPE | typeof GRAPHQL_CONTENT_TYPE

/** Longer values are rejected, and not parsed. */
export const MAX_ACCEPT_LENGTH = 1_024

/** The usual values of clients that expect JSON, which need not be parsed. */
const JSON_ACCEPTS: ReadonlySet<string | undefined> = new Set([undefined, '', JSON_TYPE, '*/*'])

/**
 * Returns the content type that Accept prefers (RFC 9110 §12.5.1), or undefined if it accepts neither. With the same
 * weight a named type precedes a wildcard, and the first of two named types the other, as in Apollo Server. JSON is the
 * default. Parameters other than `q` are ignored.
 */
export function negotiateContentType(accept: string | undefined): GraphQLContentType | undefined {
  if (JSON_ACCEPTS.has(accept)) return JSON_CONTENT_TYPE
  const weights = parseWeights(accept)
  const wildcardWeight = weights.get('application/*') ?? weights.get('*/*') ?? 0
  const jsonWeight = weights.get(JSON_TYPE) ?? wildcardWeight
  const graphqlWeight = weights.get(GRAPHQL_RESPONSE_TYPE) ?? wildcardWeight
  if (Math.max(jsonWeight, graphqlWeight) <= 0) return undefined
  if (jsonWeight !== graphqlWeight)
    return jsonWeight > graphqlWeight ? JSON_CONTENT_TYPE : GRAPHQL_CONTENT_TYPE
  const firstNamed = [...weights.keys()].find((type) => type === JSON_TYPE || type === GRAPHQL_RESPONSE_TYPE)
  return firstNamed === GRAPHQL_RESPONSE_TYPE ? GRAPHQL_CONTENT_TYPE : JSON_CONTENT_TYPE
}

/** Returns the content type of a response with GraphQL errors: the one that Accept prefers, JSON if it accepts neither. */
export function selectContentType(target: string, accept: string | undefined): GraphQLContentType {
  if (accept === undefined || accept.length > MAX_ACCEPT_LENGTH || !isGraphQLPath(toOriginForm(target)))
    return JSON_CONTENT_TYPE
  return negotiateContentType(accept) ?? JSON_CONTENT_TYPE
}

const isGraphQLPath = (target: string) => target === GRAPHQL_PATH || target.startsWith(`${GRAPHQL_PATH}?`)
