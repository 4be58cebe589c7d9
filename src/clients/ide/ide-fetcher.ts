import type { Fetcher, FetcherParams } from '@graphiql/toolkit'
import type { IntrospectionQuery } from 'graphql'
import type { Rules } from '../../scopes/index.ts'
import { type BearerChallenge, parseBearerChallenge } from './challenge.ts'
import type { IdeSettings } from './ide-settings.ts'
import { addPadlocksToSchema, computePadlocks, type PadlockImages, toRules } from './padlocks.ts'

/** The schema's description and its rules, as the API gave them. */
export type SchemaWithRules = { readonly schema: IntrospectionQuery; readonly rules: Rules }

type Options = {
  readonly settings: IdeSettings
  readonly images: PadlockImages
  readonly onSchema: (known: SchemaWithRules) => void
  /** What the API said no with; undefined when it said yes. */
  readonly onChallenge: (challenge: BearerChallenge | undefined) => void
}

const NEEDS_TOKEN = 'The schema is shown to whoever has a token: sign in, or put one into the headers.'

const NO_ANSWER = 'The API could not be asked, or its answer cannot be read. Is it running?'

/** What GraphiQL asks the API through: it runs operations, and marks the schema's description with padlocks. */
export function createIdeFetcher({ settings, images, onSchema, onChallenge }: Options) {
  let known: SchemaWithRules | undefined
  let token: string | undefined
  let held: ReadonlySet<string> = new Set()
  let reuse = false

  async function describe(params: FetcherParams) {
    const again = reuse
    reuse = false
    if (settings.introspection === 'authenticated' && !token && !known)
      return { errors: [{ message: NEEDS_TOKEN }] }
    if (!known || !again) {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const answer = (await (await post(params, headers)).json()) as { data?: IntrospectionQuery }
      if (!answer.data) return answer
      known = { schema: answer.data, rules: await readRules(headers) }
      onSchema(known)
    }
    return {
      data: addPadlocksToSchema(known.schema, computePadlocks(known.schema, known.rules, held), images),
    }
  }

  const fetcher = async function ask(params: FetcherParams, options?: { headers?: Record<string, unknown> }) {
    if (params.operationName === 'IntrospectionQuery') return describe(params)
    try {
      const response = await post(params, options?.headers)
      onChallenge(parseBearerChallenge(response.status, response.headers.get('www-authenticate')))
      return await response.json()
    } catch (error) {
      // GraphiQL would show where in its own files that was.
      return { errors: [{ message: `${NO_ANSWER} (${(error as Error).message})` }] }
    }
  }
  return {
    fetcher: fetcher as Fetcher,
    /** The token that the schema is asked for with, and what is open to it; what is known is marked anew at the next asking. */
    setToken(bearer: string | undefined, scopes: ReadonlySet<string>) {
      token = bearer
      held = scopes
      reuse = true
    },
  }
}

const post = (params: FetcherParams, headers: Readonly<Record<string, unknown>> = {}) =>
  fetch(location.pathname, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...textual(headers) },
    body: JSON.stringify(params),
    credentials: 'omit',
  })

const textual = (headers: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

/** Without the rules there are no padlocks, and everything else works. */
async function readRules(headers: Record<string, string>): Promise<Rules> {
  const response = await fetch('ide/rules', { headers, credentials: 'omit' })
  return toRules(response.ok ? await response.json() : [])
}
