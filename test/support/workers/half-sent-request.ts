import { once } from 'node:events'
import { request } from 'node:http'

const ASKED = JSON.stringify({ query: '{ __typename }' })

/** A request whose head has come to the server, and whose body follows when it is told to. */
export async function startHalfSentRequest(url: string) {
  const asked = request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': ASKED.length,
      expect: '100-continue',
    },
  })
  asked.flushHeaders()
  await once(asked, 'continue')
  return {
    /** @returns the status of its answer */
    async finish(): Promise<number> {
      asked.end(ASKED)
      const [answer] = await once(asked, 'response')
      answer.resume()
      return answer.statusCode
    },
  }
}
