import { Agent, type IncomingHttpHeaders, request } from 'node:http'

export interface GraphqlReply {
  /** 0 without a complete response. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** Reason for status 0. A request that was reset had been sent, and RFC 9110 §9.2.2 lets a client retry it. */
  readonly failure?: 'not sent' | 'reset' | 'incomplete'
}

export interface GraphqlClient {
  /** Sends one operation. A failed connection is reported as status 0, not thrown. */
  send(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphqlReply>
  close(): void
}

/**
 * Creates a client on keep-alive connections that uses little CPU, so that it does not slow the server it shares cores with.
 * @param url the GraphQL endpoint
 */
export function createGraphqlClient(url: string, token: string, connections: number): GraphqlClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    send(query, variables, headers = {}) {
      const body = Buffer.from(JSON.stringify({ query, variables }))
      const { promise, resolve } = Promise.withResolvers<GraphqlReply>()
      let isConnected = false
      const fail = (failure: GraphqlReply['failure'] & string) =>
        resolve({ status: 0, headers: {}, text: '', failure })
      request(url, {
        agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          authorization: `Bearer ${token}`,
          ...headers,
        },
      })
        .on('socket', (socket) => {
          isConnected = !socket.connecting
          if (!isConnected)
            socket.once('connect', () => {
              isConnected = true
            })
        })
        .on('error', () => fail(isConnected ? 'reset' : 'not sent'))
        .on('response', (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', () => fail('incomplete'))
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString(),
            }),
          )
        })
        .end(body)
      return promise
    },
    close: () => agent.destroy(),
  }
}

/** Returns the data of a reply. @throws Error with the reply when it has errors or another status than 200 */
export function readData({ status, text }: GraphqlReply): Record<string, unknown> {
  const { data, errors } = (status === 200 ? JSON.parse(text) : {}) as {
    readonly data?: Record<string, unknown> | null
    readonly errors?: readonly unknown[]
  }
  if (!data || errors) throw new Error(`HTTP ${status}: ${text.slice(0, 500)}`)
  return data
}
