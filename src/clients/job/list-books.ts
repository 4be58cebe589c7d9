import { type BookFilter, ListBooksDocument } from '../../generated/job/graphql.ts'
import type { RunDocument } from './document-client.ts'
import { printable } from './encoding.ts'
import type { Format } from './file-format.ts'
import { bookWriting, type PrintedBook } from './row-formatter.ts'
import { standardOutput } from './stdout-writer.ts'

/** What the API gives in one page, if nobody changed it. */
const PAGE = 100

/** Every matching book, a page at a time; the next one is fetched when it is asked for. */
export async function* bookPages(
  run: RunDocument,
  filter: BookFilter,
): AsyncGenerator<readonly PrintedBook[]> {
  let after: string | undefined
  do {
    const { books } = await run(ListBooksDocument, { filter, first: PAGE, after })
    yield books
    after = books.length === PAGE ? books.at(-1)?.id : undefined
  } while (after !== undefined)
}

/**
 * Prints every matching book, a line each. Pages are fetched as they are printed.
 * @param format for programs; undefined for people
 */
export async function listBooks(run: RunDocument, filter: BookFilter, format?: Format): Promise<void> {
  const { head, row } = format ? bookWriting(format) : { head: '', row: lineOf }
  const print = standardOutput()
  if (head !== '') await print(head)
  for await (const books of bookPages(run, filter)) if (!(await print(books.map(row).join('')))) return
}

const lineOf = (book: PrintedBook) => `${forPeople(book)}\n`

/** A book as a line without its end, whatever stands in its title. */
export const forPeople = ({ id, title, author, cost, numPages }: PrintedBook) =>
  [id, printable(title), printable(author), cost.toFixed(2), `${numPages} pages`].join('\t')
