import { Agent, type IncomingHttpHeaders, request } from 'node:http'

/** What adds books in one request. */
export const ADD = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'

export type Reply = {
  /** 0: there was no answer. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** As it came. */
  readonly text: string
}

/** Sends one document; what goes wrong with the connection is status 0, not an error. */
export type Ask = (
  query: string,
  variables?: Readonly<Record<string, unknown>>,
  headers?: Readonly<Record<string, string>>,
) => Promise<Reply>

/**
 * A client of one copy of the API, over kept connections. It is bare, so that it leaves the machine to the server.
 * @param token an access token, sent with each request
 */
export function createAsk(url: string, token: string, connections: number): Ask {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return (query, variables, headers = {}) =>
    new Promise((resolve) => {
      const body = Buffer.from(JSON.stringify({ query, variables }))
      const sent = request(url, {
        agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          authorization: `Bearer ${token}`,
          ...headers,
        },
      })
      const lost = () => resolve({ status: 0, headers: {}, text: '' })
      sent.on('error', lost)
      sent.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', lost)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
        })
      })
      sent.end(body)
    })
}

type GraphQL = { readonly data?: Record<string, unknown> | null; readonly errors?: readonly unknown[] }

/** The data of an answer that has no errors. @throws Error with the answer otherwise */
export function dataOf({ status, text }: Reply): Record<string, unknown> {
  const { data, errors } = (status === 200 ? JSON.parse(text) : {}) as GraphQL
  if (!data || errors) throw new Error(`HTTP ${status}: ${text.slice(0, 500)}`)
  return data
}
