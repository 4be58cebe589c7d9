import {
  AddBookDocument,
  type AddBookInput,
  type BookFilter,
  ListBooksDocument,
} from '../../generated/job/graphql.ts'
import type { DocumentClient } from './document-client.ts'
import { stripControlCharacters } from './encoding.ts'
import type { FileFormat } from './file-format.ts'
import { createBookFormatter, type ListedBook } from './row-formatter.ts'
import { createStdoutWriter } from './stdout-writer.ts'

/** The API's default limit. */
const PAGE_SIZE = 100

/** Yields all matching books, page by page. The next page is fetched when the consumer asks for it. */
export async function* fetchBookPages(
  client: DocumentClient,
  filter: BookFilter,
): AsyncGenerator<readonly ListedBook[]> {
  let after: string | undefined
  do {
    const { books } = await client(ListBooksDocument, { filter, first: PAGE_SIZE, after })
    yield books
    after = books.length === PAGE_SIZE ? books.at(-1)?.id : undefined
  } while (after !== undefined)
}

/**
 * Prints all matching books, one per line.
 * @param format default: tab-separated, for people
 */
export async function listBooks(
  client: DocumentClient,
  filter: BookFilter,
  format?: FileFormat,
): Promise<void> {
  const { header, formatRow } = format
    ? createBookFormatter(format)
    : { header: '', formatRow: formatBookLine }
  const write = createStdoutWriter()
  if (header !== '') await write(header)
  for await (const books of fetchBookPages(client, filter))
    if (!(await write(books.map(formatRow).join('')))) return
}

/** Adds a book and prints it. */
export async function addBook(client: DocumentClient, input: AddBookInput): Promise<void> {
  const { addBook: book } = await client(AddBookDocument, { input })
  await createStdoutWriter()(formatBookLine(book))
}

const formatBookLine = ({ id, title, author, cost, numPages }: ListedBook) =>
  `${[id, stripControlCharacters(title), stripControlCharacters(author), cost.toFixed(2), `${numPages} pages`].join('\t')}\n`
