/** A request as it goes over the wire. */
export interface Ask {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * Makes the request with a number, counted from 0 for each server; the same number makes the same request. It is called
 * under load: what costs time is done before.
 */
export type AskAt = (number: number) => Ask

/** Where a text takes the number of its request. */
export const NUMBER = '#NUMBER#'

/** Returns a GraphQL request over POST; without a token it has no Authorization header. */
export function graphqlAsk(body: string, token?: string): Ask {
  return { method: 'POST', path: '/graphql', headers: { ...headersOf(token), ...JSON_BODY }, body }
}

/** Returns GraphQL requests that differ in what stands at `NUMBER` in their body. */
export function numberedAsks(body: string, token: string): AskAt {
  const ask = graphqlAsk(body, token)
  const parts = body.split(NUMBER)
  return (number) => ({ ...ask, body: parts.join(String(number)) })
}

/** Returns the same GraphQL request with one token after the other, and again from the first. */
export function asksInTurn(body: string, tokens: readonly string[]): AskAt {
  const asks = tokens.map((token) => graphqlAsk(body, token))
  return (number) => {
    const ask = asks[number % asks.length]
    if (ask === undefined) throw new RangeError('There are no tokens')
    return ask
  }
}

/** Returns what makes one request after the other, from number 0. */
export function counted(askAt: AskAt): () => Ask {
  let number = 0
  return () => {
    number += 1
    return askAt(number - 1)
  }
}

/** Returns a GET without a body. */
export function getAsk(path: string, token: string): Ask {
  return { method: 'GET', path, headers: headersOf(token) }
}

const JSON_BODY = { 'content-type': 'application/json' }

function headersOf(token: string | undefined): Record<string, string> {
  const headers = { accept: 'application/json' }
  return token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` }
}
