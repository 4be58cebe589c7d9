import { type BookFilter, ListBooksDocument } from '../../generated/job/graphql.ts'
import type { DocumentClient } from './document-client.ts'
import { stripControlCharacters } from './encoding.ts'
import type { FileFormat } from './file-format.ts'
import { createBookFormatter, type ListedBook } from './row-formatter.ts'
import { createStdoutWriter } from './stdout-writer.ts'

/** What the API gives in one page, if nobody changed it. */
const PAGE = 100

/** Every matching book, a page at a time; the next one is fetched when it is asked for. */
export async function* fetchBookPages(
  client: DocumentClient,
  filter: BookFilter,
): AsyncGenerator<readonly ListedBook[]> {
  let after: string | undefined
  do {
    const { books } = await client(ListBooksDocument, { filter, first: PAGE, after })
    yield books
    after = books.length === PAGE ? books.at(-1)?.id : undefined
  } while (after !== undefined)
}

/**
 * Prints every matching book, a line each. Pages are fetched as they are printed.
 * @param format for programs; undefined for people
 */
export async function listBooks(
  client: DocumentClient,
  filter: BookFilter,
  format?: FileFormat,
): Promise<void> {
  const { header, formatRow } = format ? createBookFormatter(format) : { header: '', formatRow: lineOf }
  const print = createStdoutWriter()
  if (header !== '') await print(header)
  for await (const books of fetchBookPages(client, filter))
    if (!(await print(books.map(formatRow).join('')))) return
}

const lineOf = (book: ListedBook) => `${formatBookLine(book)}\n`

/** A book as a line without its end, whatever stands in its title. */
export const formatBookLine = ({ id, title, author, cost, numPages }: ListedBook) =>
  [
    id,
    stripControlCharacters(title),
    stripControlCharacters(author),
    cost.toFixed(2),
    `${numPages} pages`,
  ].join('\t')
