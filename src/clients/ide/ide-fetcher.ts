import type { Fetcher, FetcherParams } from '@graphiql/toolkit'
import type { IntrospectionQuery } from 'graphql'
import type { Rules } from '../../scopes/index.ts'
import { type BearerChallenge, parseBearerChallenge } from '../challenge.ts'
import type { IdeSettings } from './ide-settings.ts'
import { computePadlocks, toRules } from './padlocks.ts'
import { addPadlocksToSchema, type PadlockImages } from './schema-annotations.ts'

/** The introspection result and the rules of the schema. */
export type SchemaWithRules = { readonly schema: IntrospectionQuery; readonly rules: Rules }

type Options = {
  readonly settings: IdeSettings
  readonly images: PadlockImages
  readonly onSchema: (schemaWithRules: SchemaWithRules) => void
  /** Called after each operation; undefined when the response has no challenge. */
  readonly onChallenge: (challenge: BearerChallenge | undefined) => void
}

const TOKEN_REQUIRED = 'The schema requires an access token. Sign in, or add one to the headers.'
const INVALID_RESPONSE = 'The API cannot be reached, or its response is not JSON. Is it running?'

/** Creates GraphiQL's fetcher, which runs operations and adds padlocks to the descriptions of the schema. */
export function createIdeFetcher({ settings, images, onSchema, onChallenge }: Options) {
  let cached: SchemaWithRules | undefined
  let token: string | undefined
  let heldScopes: ReadonlySet<string> = new Set()
  let canUseCache = false

  async function introspect(params: FetcherParams) {
    const schemaWithRules = canUseCache ? cached : undefined
    canUseCache = false
    if (settings.introspection === 'authenticated' && !token && !cached)
      return { errors: [{ message: TOKEN_REQUIRED }] }
    if (schemaWithRules) return annotate(schemaWithRules)
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const response = (await (await post(params, headers)).json()) as { data?: IntrospectionQuery }
    if (!response.data) return response
    cached = { schema: response.data, rules: await fetchRules(headers) }
    onSchema(cached)
    return annotate(cached)
  }

  const annotate = ({ schema, rules }: SchemaWithRules) => ({
    data: addPadlocksToSchema(schema, computePadlocks(schema, rules, heldScopes), images),
  })

  async function execute(params: FetcherParams, options?: { headers?: Record<string, unknown> }) {
    if (params.operationName === 'IntrospectionQuery') return introspect(params)
    try {
      const response = await post(params, options?.headers)
      onChallenge(parseBearerChallenge(response.headers.get('www-authenticate')))
      return await response.json()
    } catch (error) {
      // GraphiQL would show the stack trace of a rejected promise.
      return { errors: [{ message: `${INVALID_RESPONSE} (${(error as Error).message})` }] }
    }
  }

  return {
    fetcher: execute as Fetcher,
    /** Sets the token of introspection queries. The next one reuses the cached schema, with padlocks for these scopes. */
    setToken(bearerToken: string | undefined, scopes: ReadonlySet<string>) {
      token = bearerToken
      heldScopes = scopes
      canUseCache = true
    },
  }
}

const post = (params: FetcherParams, headers: Readonly<Record<string, unknown>> = {}) =>
  fetch(location.pathname, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...toStrings(headers) },
    body: JSON.stringify(params),
    credentials: 'omit',
  })

const toStrings = (headers: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

/** Returns no rules when the request fails: the IDE then works without padlocks. */
async function fetchRules(headers: Record<string, string>): Promise<Rules> {
  const response = await fetch('ide/rules', { headers, credentials: 'omit' })
  return toRules(response.ok ? await response.json() : [])
}
