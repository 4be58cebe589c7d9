import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll } from '@jest/globals'

const close: (() => void)[] = []
afterAll(() => {
  for (const end of close) end()
})

type Turn = {
  /** From 1, in the order in which requests arrive. */
  readonly number: number
  readonly authorization: string | undefined
  readonly body: string
  /** Has the API do it; the answer is kept. */
  readonly forward: () => Promise<void>
  readonly response: ServerResponse
}

/**
 * Stands between the job and the API, and does with each request what a test says. What it leaves unanswered is
 * answered as the API did, or as OK without an API.
 */
export async function startInterceptingApi(
  api: string | undefined,
  onRequest: (turn: Turn) => Promise<void> | void,
) {
  let number = 0
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const { authorization } = request.headers
    let answer: Response | undefined
    const pass = async () => {
      answer ??= await fetch(`${api}/graphql`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', authorization: authorization ?? '' },
      })
    }
    number += 1
    await onRequest({ number, authorization, body, forward: pass, response })
    if (response.destroyed || response.headersSent) return
    if (api) await pass()
    const challenge = answer?.headers.get('www-authenticate')
    if (challenge) response.setHeader('www-authenticate', challenge)
    response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json' })
    response.end((await answer?.text()) ?? '{"data":{"books":[]}}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  close.push(() => server.close().closeAllConnections())
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

/** Answers with a status, and nothing that was done. */
export function respondWithError(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ errors: [{ message: 'not now', extensions: { code: 'TEST' } }] }))
}
