import { type Ask, asksInTurn, counted, graphqlAsk, NUMBER, numberedAsks } from '../http/ask.ts'
import type { BenchIssuer } from '../http/token.ts'

/** What is asked all the while, over connections of its own. */
export interface AskRow {
  readonly name: string
  readonly status: number
  /** Whether each request brings something that is remembered. */
  readonly fills?: boolean
  readonly next: () => Ask
}

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
  const body = (query: string) => JSON.stringify({ query })
  const book = body('{ book(id: 1) { id title author cost numPages } }')
  const same = (text: string, by = token) => always(graphqlAsk(text, by))
  return [
    { name: 'one book', status: 200, next: same(book) },
    {
      name: 'a page of books',
      status: 200,
      next: same(body('{ books { id title author cost numPages } }')),
    },
    {
      name: 'a document that is new each time',
      status: 200,
      fills: true,
      next: counted(numberedAsks(body(`{ a${NUMBER}: book(id: 1) { title } }`), token)),
    },
    { name: 'many tokens in turn', status: 200, fills: true, next: counted(asksInTurn(book, tokens)) },
    {
      name: 'refused for its scopes',
      status: 403,
      next: same(body('{ book(id: 1) { addedBy } }')),
    },
    { name: 'refused for its token', status: 401, next: same(book, `${token}x`) },
  ]
}

function always(ask: Ask): () => Ask {
  return () => ask
}
