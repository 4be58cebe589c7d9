import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll } from '@jest/globals'

const closers: (() => void)[] = []
afterAll(() => {
  for (const close of closers) close()
})

type InterceptedRequest = {
  /** From 1, in the order of arrival. */
  readonly number: number
  readonly authorization: string | undefined
  readonly body: string
  /** Forwards the request to the API; its response is sent unless the test sends another one. */
  readonly forward: () => Promise<void>
  readonly response: ServerResponse
}

/**
 * Starts a server between the job and the API, which passes each request to the test. A request that the test does not
 * answer is forwarded to the API; without an API its response is an empty list of books.
 */
export async function startInterceptingApi(
  apiUrl: string | undefined,
  onRequest: (request: InterceptedRequest) => Promise<void> | void,
): Promise<string> {
  let number = 0
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const { authorization } = request.headers
    let forwarded: Response | undefined
    const forward = async () => {
      forwarded ??= await fetch(`${apiUrl}/graphql`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', authorization: authorization ?? '' },
      })
    }
    number += 1
    await onRequest({ number, authorization, body, forward, response })
    if (response.destroyed || response.headersSent) return
    if (apiUrl) await forward()
    const challenge = forwarded?.headers.get('www-authenticate')
    if (challenge) response.setHeader('www-authenticate', challenge)
    response.writeHead(forwarded?.status ?? 200, { 'content-type': 'application/json' })
    response.end((await forwarded?.text()) ?? '{"data":{"books":[]}}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close().closeAllConnections())
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

/** Sends an error response. */
export function respondWithError(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ errors: [{ message: 'not now', extensions: { code: 'TEST' } }] }))
}
