import { graphqlAsk } from './ask.ts'
import { firstBooks } from './books.ts'
import type { RunningServer } from './child.ts'
import { ADMIN } from './rows/row.ts'
import { addBody } from './rows/writes.ts'
import type { BenchIssuer } from './token.ts'

/** Adds books to servers that have but the first ones, until each has so many. Throws where one is not added. */
export async function fillBooks(
  running: readonly RunningServer[],
  books: number,
  issuer: BenchIssuer,
): Promise<void> {
  const token = await issuer.accessToken(ADMIN)
  for (const { origin, row } of running)
    for (let number = 0; number < books - firstBooks.length; number++) {
      const { path, ...request } = graphqlAsk(addBody(number), token)
      const answer = await fetch(`${origin}${path}`, request)
      const text = await answer.text()
      if (answer.status !== 200 || text.includes('"errors"'))
        throw new Error(`${row.name} did not add a book: HTTP ${answer.status} ${text}`)
    }
}
