import type { Fetcher, FetcherParams } from '@graphiql/toolkit'
import { buildClientSchema, type IntrospectionQuery, introspectionFromSchema } from 'graphql'
import type { Rules } from '../../scopes/index.ts'
import { type BearerChallenge, parseBearerChallenge } from '../challenge.ts'
import type { IdeSettings } from './ide-settings.ts'
import lockedPadlock from './padlock-locked.svg?no-inline'
import openPadlock from './padlock-open.svg?no-inline'
import { addPadlockToDescription, computePadlocks, toRules } from './padlocks.ts'

type Options = {
  readonly settings: IdeSettings
  readonly onRules: (rules: Rules) => void
  /** Called after each operation; undefined when the response has no challenge. */
  readonly onChallenge: (challenge: BearerChallenge | undefined) => void
}

const PADLOCK_IMAGES = { open: openPadlock, locked: lockedPadlock }
const TOKEN_REQUIRED = 'The schema requires an access token. Sign in, or add one to the headers.'
const INVALID_RESPONSE = 'The API cannot be reached, or its response is not JSON. Is it running?'

/** Creates GraphiQL's fetcher, which runs operations and adds padlocks to the descriptions of the schema. */
export function createIdeFetcher({ settings, onRules, onChallenge }: Options) {
  let cached: { readonly introspection: IntrospectionQuery; readonly rules: Rules } | undefined
  let token: string | undefined
  let heldScopes: ReadonlySet<string> = new Set()
  let canUseCache = false

  async function introspect(params: FetcherParams) {
    if (settings.introspection === 'authenticated' && token === undefined && !cached)
      return { errors: [{ message: TOKEN_REQUIRED }] }
    if (!canUseCache || !cached) {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const response = await (await post(params, headers)).json()
      if (!response.data) return response
      cached = { introspection: response.data, rules: await fetchRules(headers) }
      onRules(cached.rules)
    }
    canUseCache = false
    const schema = buildClientSchema(cached.introspection)
    for (const padlock of computePadlocks(schema, cached.rules, heldScopes))
      addPadlockToDescription(padlock, PADLOCK_IMAGES)
    return { data: introspectionFromSchema(schema) }
  }

  const fetcher: Fetcher = async (params, { headers = {} } = {}) => {
    if (params.operationName === 'IntrospectionQuery') return introspect(params)
    try {
      const response = await post(params, headers)
      onChallenge(parseBearerChallenge(response.headers.get('www-authenticate')))
      return await response.json()
    } catch (error) {
      // GraphiQL would show the stack trace of a rejected promise.
      return { errors: [{ message: `${INVALID_RESPONSE} (${(error as Error).message})` }] }
    }
  }

  return {
    fetcher,
    /** Sets the token of the padlocks. The next introspection query updates only these if the schema is already loaded. */
    setToken(bearerToken: string | undefined, scopes: ReadonlySet<string>) {
      token = bearerToken
      heldScopes = scopes
      canUseCache = true
    },
  }
}

const post = (params: FetcherParams, headers: Readonly<Record<string, string>>) =>
  fetch(location.pathname, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(params),
    credentials: 'omit',
  })

/** Returns no rules when the request fails: the IDE then works without padlocks. */
async function fetchRules(headers: Readonly<Record<string, string>>): Promise<Rules> {
  const response = await fetch('ide/rules', { headers, credentials: 'omit' })
  return toRules(response.ok ? await response.json() : [])
}
