import {
  AddBookDocument,
  type AddBookInput,
  type BookFilter,
  ListBooksDocument,
} from '../../generated/job/graphql.ts'
import { createBookFormatter, type ListedBook, type RowFormatter } from './book-file.ts'
import { stripControlCharacters } from './encoding.ts'
import { JobError } from './errors.ts'
import { type JobSettings, openSession, type SendDocument } from './session.ts'

/** The API's default limit. */
const PAGE_SIZE = 100

/** Formatted lines and the number of books in them. */
export type BookLines = { readonly text: string; readonly bookCount: number }

type ListOptions = BookFilter & { readonly dpop?: boolean; readonly csv?: boolean; readonly json?: boolean }

/** Prints all matching books: tab-separated for people, or as `export` writes them. */
export async function listBooks(
  settings: JobSettings,
  { dpop = false, csv, json, ...filter }: ListOptions,
): Promise<void> {
  const send = await openSession(settings, { dpop })
  const format = csv ? 'csv' : 'jsonl'
  const formatter =
    csv || json
      ? createBookFormatter(format)
      : { header: '', formatRow: (book: ListedBook) => `${formatBookLine(book)}\n` }
  await writeToStandardOutput(streamBookLines(send, filter, formatter))
}

/** Adds a book and prints it. */
export async function addBook(
  settings: JobSettings,
  input: AddBookInput,
  options: { readonly dpop?: boolean },
): Promise<void> {
  const send = await openSession(settings, options)
  const { addBook: book } = await send(AddBookDocument, { input })
  console.log(formatBookLine(book))
}

/** Yields the header, then all matching books as formatted lines, one page at a time. */
export async function* streamBookLines(
  send: SendDocument,
  filter: BookFilter,
  { header, formatRow }: RowFormatter<ListedBook>,
): AsyncGenerator<BookLines> {
  yield { text: header, bookCount: 0 }
  for await (const books of fetchBookPages(send, filter))
    yield { text: books.map(formatRow).join(''), bookCount: books.length }
}

/** Yields all matching books, page by page. The next page is fetched when the consumer asks for it. */
export async function* fetchBookPages(
  send: SendDocument,
  filter: BookFilter,
): AsyncGenerator<readonly ListedBook[]> {
  let after: string | undefined
  do {
    const { books } = await send(ListBooksDocument, { filter, first: PAGE_SIZE, after })
    yield books
    after = books.length === PAGE_SIZE ? books.at(-1)?.id : undefined
  } while (after !== undefined)
}

/**
 * Writes lines to standard output, until its reader closes the pipe, as `head` does.
 * @throws JobError when they cannot be written
 */
export async function writeToStandardOutput(chunks: AsyncIterable<BookLines>): Promise<void> {
  const { stdout } = process
  // `write` passes the error to its callback as well.
  stdout.on('error', () => undefined)
  for await (const { text } of chunks) {
    const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
      stdout.write(text, resolve)
    })
    if (error?.code === 'EPIPE' || error?.code === 'ERR_STREAM_DESTROYED') return
    if (error) throw new JobError(`Standard output cannot be written: ${error.message}`)
  }
}

const formatBookLine = ({ id, title, author, cost, numPages }: ListedBook) =>
  [
    id,
    stripControlCharacters(title),
    stripControlCharacters(author),
    cost.toFixed(2),
    `${numPages} pages`,
  ].join('\t')
