import { once } from 'node:events'
import { request } from 'node:http'

const BODY = JSON.stringify({ query: '{ __typename }' })

/** Sends the headers of a GraphQL request and waits until the server has received them; `finish` sends the body. */
export async function startHalfSentRequest(url: string) {
  const sent = request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': BODY.length,
      expect: '100-continue',
    },
  })
  sent.flushHeaders()
  await once(sent, 'continue')
  return {
    async finish(): Promise<{ readonly status: number; readonly connection: string | undefined }> {
      sent.end(BODY)
      const [response] = await once(sent, 'response')
      response.resume()
      return { status: response.statusCode, connection: response.headers.connection }
    },
  }
}
