import type { GraphQLSchema } from 'graphql'
import { startApiServer } from '../../src/app/api-server.ts'
import { startEmbeddedAuthorizationServer } from '../../src/app/authorization-server.ts'
import { resolvePublicUrls } from '../../src/app/public-urls.ts'
import { parseConfig } from '../../src/config/config.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { requestToken } from './request-token.ts'

export const READ_SCOPE = 'fakebookapi.read'
export const ADMIN_SCOPE = 'fakebookapi.admin'

export type HttpReply = { status: number; headers: Headers; json: GraphQLReply; text: string }
type GraphQLReply = {
  data?: Record<string, unknown> | null
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[]
}

/** Free ports, nothing on disk, and no load shedding when the machine is busy with other tests. */
export const TEST_SETTINGS = {
  LOOP_DELAY_LIMIT: '600000',
  PORT: '0',
  ISSUER_PORT: '0',
  LOG_LEVEL: 'silent',
  AUDIT_LOG: 'off',
  DATABASE_URL: 'file::memory:',
}

type ServiceOptions = {
  /** The issuer that the API trusts; the embedded authorization server by default. */
  readonly issuerUrl?: string
  readonly clock?: Clock
  readonly schema?: GraphQLSchema
}

/** Starts the API with an embedded authorization server and a database in memory, on free ports. */
export async function startService(
  settings: Record<string, string> = {},
  { issuerUrl, ...apiOptions }: ServiceOptions = {},
) {
  const config = parseConfig({ ...TEST_SETTINGS, ...settings })
  const urls = { ...resolvePublicUrls(config) }
  // Production does not allow the embedded authorization server; here it stands in for another one.
  const issuer = await startEmbeddedAuthorizationServer(
    { ...config, isProduction: false },
    undefined,
    () => urls,
  )
  const api = await startApiServer(config, issuerUrl ?? issuer.url, apiOptions).catch(async (error) => {
    await issuer.close()
    throw error
  })
  urls.api = api.url
  const tokens = new Map<string, string>()
  return {
    apiUrl: api.url,
    issuerUrl: issuer.url,
    async tokenFor(...scope: string[]): Promise<string> {
      const key = scope.join(' ')
      const token = tokens.get(key) ?? (await requestToken(issuer.url, key))
      tokens.set(key, token)
      return token
    },
    graphql: (query: string, token?: string, variables?: unknown) =>
      postBody(`${api.url}/graphql`, JSON.stringify({ query, variables }), token),
    send: sendRequest,
    async close() {
      await api.close()
      await issuer.close()
    },
  }
}

export type Service = Awaited<ReturnType<typeof startService>>

/** Returns the value of a metric by its name and labels, or NaN. */
export async function readMetric(api: string, name: string): Promise<number> {
  const line = (await sendRequest(`${api}/metrics`)).text
    .split('\n')
    .find((one) => one.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1) ?? Number.NaN)
}

export const postBody = (url: string, body: string, token?: string, contentType = 'application/json') =>
  sendRequest(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': contentType,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
  })

export async function sendRequest(url: string, init: RequestInit = {}): Promise<HttpReply> {
  const response = await fetch(url, init)
  const text = await response.text()
  let json: GraphQLReply = {}
  try {
    json = JSON.parse(text)
  } catch {
    // Tests of other responses use the text.
  }
  return { status: response.status, headers: response.headers, json, text }
}
