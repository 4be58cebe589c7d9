import { ListBooksDocument } from '../generated/job/graphql.ts'
import type { RunDocument } from './connect.ts'

const PAGE = 100

/** Prints every matching book, a line each. Pages are fetched as they are printed. */
export async function listBooks(
  run: RunDocument,
  filter: { author?: string; title?: string },
): Promise<void> {
  let after: string | undefined
  do {
    const { books } = await run(ListBooksDocument, { filter, first: PAGE, after })
    for (const { id, title, author, cost, numPages } of books)
      console.log([id, title, author, cost.toFixed(2), `${numPages} pages`].join('\t'))
    after = books.length === PAGE ? books.at(-1)?.id : undefined
  } while (after !== undefined)
}
