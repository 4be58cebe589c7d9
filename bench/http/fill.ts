import { firstBooks } from './books.ts'
import { checkAnswer } from './check.ts'
import type { RunningServer } from './child.ts'
import { write } from './rows/writes.ts'
import type { BenchIssuer } from './token.ts'

/** Adds books to servers that have but the first ones, until each has so many. Throws where one is not added. */
export async function fillBooks(
  running: readonly RunningServer[],
  books: number,
  issuer: BenchIssuer,
): Promise<void> {
  const askAt = await write.asks(issuer)
  for (const server of running)
    for (let number = 0; number < books - firstBooks.length; number++)
      await checkAnswer(server, write, askAt(number), number)
}
