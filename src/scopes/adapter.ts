import type { DocumentNode } from 'graphql'
import type { Decision } from './authorize-plan.ts'
import type { Challenge } from './challenge.ts'
import type { Scopes } from './create-scopes.ts'

/** The options of every adapter. */
export type AdapterOptions<Context extends object> = {
  /** Returns the scopes of the verified access token; undefined for a request without a token. */
  readonly scopesOf: (contextValue: Context) => Iterable<string> | undefined
  /** The URL of the resource's metadata, for the challenge (RFC 9728 §5.1). */
  readonly resourceMetadata?: string | undefined
}

/** An operation as a server is about to execute it. */
type Operation<Context extends object> = {
  readonly document: DocumentNode
  readonly operationName?: string | null | undefined
  /** As the client sent them, before coercion. */
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
  /** The object that resolvers get. */
  readonly contextValue: Context
}

/**
 * Authorizes an operation.
 * @throws whatever `scopesOf` throws, and the errors of `authorize`; the server must not execute the operation then
 */
export const authorizeOperation = <Context extends object>(
  scopes: Scopes,
  { scopesOf }: AdapterOptions<Context>,
  operation: Operation<Context>,
): Decision => scopes.authorize({ ...operation, scopes: scopesOf(operation.contextValue) })

/** Authorizes an operation, and returns the challenge if it is denied. @throws what `authorizeOperation` does */
export function findChallenge<Context extends object>(
  scopes: Scopes,
  options: AdapterOptions<Context>,
  operation: Operation<Context>,
): Challenge | undefined {
  const decision = authorizeOperation(scopes, options, operation)
  const { resourceMetadata } = options
  return decision.allowed ? undefined : scopes.challenge(decision, { resourceMetadata })
}

const GRAPHQL_RESPONSE = 'application/graphql-response+json'
const JSON_RANGES = ['application/json', 'application/*', '*/*']

/** Chooses the media type of a response by the `Accept` of its request (GraphQL over HTTP, "Accept"); JSON if neither matches. */
export function chooseContentType(accept: string | null | undefined): string {
  const ranges = (accept ?? '').toLowerCase().split(',').map(parseRange)
  const acceptable = ranges
    .filter(({ type, quality }) => quality > 0 && [GRAPHQL_RESPONSE, ...JSON_RANGES].includes(type))
    // With the same weight, a named type precedes a wildcard.
    .sort((a, b) => b.quality - a.quality || Number(a.type.includes('*')) - Number(b.type.includes('*')))
  const type = acceptable[0]?.type === GRAPHQL_RESPONSE ? GRAPHQL_RESPONSE : 'application/json'
  return `${type}; charset=utf-8`
}

function parseRange(range: string) {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))
  return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) }
}
