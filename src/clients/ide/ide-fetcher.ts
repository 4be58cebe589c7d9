import type { Fetcher, FetcherParams } from '@graphiql/toolkit'
import { buildSchema, getOperationAST, introspectionFromSchema, parse } from 'graphql'
import { createScopes, type DeniedHandling, type Scopes } from '../../scopes/index.ts'
import { parseBearerChallenge } from '../challenge.ts'
import { summarizeDenials, withPreference } from './denied-fields.ts'
import { addToHistory } from './history.ts'
import type { Notice, UpdateStatus } from './ide-context.ts'
import type { IdeSettings } from './ide-settings.ts'
import lockedPadlock from './padlock-locked.svg?no-inline'
import openPadlock from './padlock-open.svg?no-inline'
import { addPadlockToDescription, computePadlocks } from './padlocks.ts'

const PADLOCK_IMAGES = { open: openPadlock, locked: lockedPadlock }
const TOKEN_REQUIRED = 'The schema requires an access token. Sign in, or add one to the headers.'
const INVALID_RESPONSE = 'The API cannot be reached, or its response is not JSON. Is it running?'

/** Creates GraphiQL's fetcher, which runs operations and adds padlocks to the descriptions of the schema. */
export function createIdeFetcher(settings: IdeSettings, update: UpdateStatus) {
  const { introspection } = settings
  let cached: { readonly sdl: string; readonly scopes: Scopes } | undefined
  let token: string | undefined
  let heldScopes: ReadonlySet<string> | undefined
  let canUseCache = false
  let { deniedFields } = settings

  /** Answers GraphiQL's introspection query from the SDL, which has the rules too. */
  async function introspect() {
    if (introspection === 'authenticated' && token === undefined && !cached)
      return { errors: [{ message: TOKEN_REQUIRED }] }
    if (!canUseCache || !cached) {
      const response = await fetchSchema()
      if (!response.ok) return response.json()
      const sdl = await response.text()
      cached = { sdl, scopes: createScopes(buildSchema(sdl), { strict: true }) }
      update({ scopes: cached.scopes })
    }
    canUseCache = false
    const schema = buildSchema(cached.sdl)
    const rows = cached.scopes.table({ combined: true })
    for (const padlock of computePadlocks(schema, rows, heldScopes))
      addPadlockToDescription(padlock, PADLOCK_IMAGES)
    return { data: introspectionFromSchema(schema) }
  }

  const fetchSchema = () => fetch('schema.graphql', { headers: toHeaders(token), credentials: 'omit' })

  const fetcher: Fetcher = async (given, { headers = {} } = {}) => {
    if (given.operationName === 'IntrospectionQuery') return introspect()
    const params = { ...given, operationName: findOperationName(given) }
    const variables = params.variables ? JSON.stringify(params.variables, null, 2) : ''
    const operation = { query: params.query, variables, operationName: params.operationName ?? '' }
    update({ history: addToHistory(operation), summary: undefined })
    try {
      const startedMs = performance.now()
      const response = await post(params, withPreference(headers, deniedFields))
      const body = await response.text()
      const durationMs = performance.now() - startedMs
      update({ notice: toNotice(response) })
      const result = JSON.parse(body)
      const { status, statusText } = response
      const bytes = new Blob([body]).size
      const { denied, scopes } = summarizeDenials(result.errors)
      update({ summary: { status, statusText, hasErrors: 'errors' in result, denied, durationMs, bytes } })
      if (response.ok && denied.length > 0) update({ notice: { kind: 'partial', scopes } })
      // The data of a partial response first, so that it is visible without scrolling.
      return result.data ? { data: result.data, ...result } : result
    } catch (error) {
      // GraphiQL would show the stack trace of a rejected promise.
      return { errors: [{ message: `${INVALID_RESPONSE} (${(error as Error).message})` }] }
    }
  }

  return {
    fetcher,
    /** Sets the token of the padlocks. The next introspection query updates only these if the schema is already loaded. */
    setToken(bearerToken: string | undefined, scopes: ReadonlySet<string> | undefined) {
      token = bearerToken
      heldScopes = scopes
      canUseCache = true
    },
    /** Sets how the API handles the denied fields of the next queries. */
    setDeniedFields(handling: DeniedHandling) {
      deniedFields = handling
    },
    /** Saves the schema in SDL as a file. */
    async downloadSchema() {
      const response = await fetchSchema()
      const notice = toNotice(response)
      update({ notice })
      if (notice) return
      if (!response.ok) throw new Error(response.statusText)
      const href = URL.createObjectURL(await response.blob())
      Object.assign(document.createElement('a'), { href, download: 'schema.graphql' }).click()
      URL.revokeObjectURL(href)
    },
  }
}

const toHeaders = (token: string | undefined): Readonly<Record<string, string>> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` }

/** Returns the notice of a response with a challenge. */
function toNotice({ headers }: Response): Notice | undefined {
  const challenge = parseBearerChallenge(headers.get('www-authenticate'))
  return challenge && { kind: 'challenge', challenge }
}

/** Returns the name of the operation, if the query has it: GraphiQL learns it some time after the text has changed. */
function findOperationName({ query, operationName }: FetcherParams): string | null {
  try {
    return getOperationAST(parse(query), operationName)?.name?.value ?? null
  } catch {
    return operationName ?? null
  }
}

const post = (params: FetcherParams, headers: Readonly<Record<string, string>>) =>
  fetch(location.pathname, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(params),
    credentials: 'omit',
  })
