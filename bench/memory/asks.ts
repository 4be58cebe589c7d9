import type { Ask } from '../http/load.ts'
import type { BenchIssuer } from '../http/token.ts'

/** What is asked all the while, over connections of its own. */
export interface AskRow {
  readonly name: string
  readonly status: number
  /** Whether each request brings something that is remembered. */
  readonly fills?: boolean
  /** Read again for each request: its body may be another one each time. */
  readonly ask: Ask
}

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' }
const READ = ['fakebookapi.read']
/** More than are remembered by default: what is remembered must be let go again. */
const TOKENS = 12_000

/**
 * Returns what fills every memory that a server has: tokens and documents that never come again, what is refused, and
 * answers of some size. `tell` is told how long it takes to make them.
 */
export async function asksOf(issuer: BenchIssuer, tell: (line: string) => void): Promise<AskRow[]> {
  const token = await issuer.accessToken(READ)
  tell(`signing ${TOKENS} tokens`)
  const tokens = await Promise.all(Array.from({ length: TOKENS }, () => issuer.accessToken(READ)))
  const bearer = (one: string) => ({ ...JSON_HEADERS, authorization: `Bearer ${one}` })
  const body = (query: string) => JSON.stringify({ query })
  const book = body('{ book(id: 1) { id title author cost numPages } }')
  let turn = 0
  return [
    { name: 'one book', status: 200, ask: { headers: bearer(token), body: book } },
    {
      name: 'a page of books',
      status: 200,
      ask: { headers: bearer(token), body: body('{ books { id title author cost numPages } }') },
    },
    {
      name: 'a document that is new each time',
      status: 200,
      fills: true,
      ask: {
        headers: bearer(token),
        get body() {
          turn += 1
          return body(`{ a${turn}: book(id: 1) { title } }`)
        },
      },
    },
    {
      name: 'many tokens in turn',
      status: 200,
      fills: true,
      ask: {
        get headers() {
          turn += 1
          return bearer(tokens[turn % tokens.length] ?? token)
        },
        body: book,
      },
    },
    {
      name: 'refused for its scopes',
      status: 403,
      ask: { headers: bearer(token), body: body('{ book(id: 1) { addedBy } }') },
    },
    { name: 'refused for its token', status: 401, ask: { headers: bearer(`${token}x`), body: book } },
  ]
}
