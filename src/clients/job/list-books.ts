import { type BookFilter, ListBooksDocument } from '../../generated/job/graphql.ts'
import { exitOnSignals } from './abort-on-signals.ts'
import { createBookFormatter, type ListedBook, type RowFormatter } from './book-file.ts'
import { createTableFormatter } from './book-table.ts'
import { ApiRejectionError } from './errors.ts'
import { createSendDocument, type JobSettings, type SendDocument } from './send-document.ts'
import { writeToStandardOutput } from './standard-output.ts'

/** The default of the API's PAGE_LIMIT. */
const PAGE_SIZE = 100

export type BookLines = { readonly text: string; readonly bookCount: number }

type ListOptions = BookFilter & { readonly dpop?: boolean; readonly csv?: boolean; readonly json?: boolean }

/** Prints all matching books: as a table with a total for people, or as `export` writes them. */
export async function listBooks(settings: JobSettings, options: ListOptions): Promise<void> {
  const { dpop = false, csv = false, json = false, ...filter } = options
  exitOnSignals('the output is incomplete.')
  const send = await createSendDocument(settings, { dpop })
  const lines =
    csv || json
      ? streamBookLines(send, filter, createBookFormatter(csv ? 'csv' : 'jsonl'))
      : streamBookTable(send, filter)
  await writeToStandardOutput(lines)
}

async function* streamBookTable(send: SendDocument, filter: BookFilter) {
  let total = 0
  // Undefined unless standard output is a terminal, and 0 in one of an unknown width.
  const columns = process.stdout.columns || undefined
  for await (const lines of streamBookLines(send, filter, createTableFormatter(columns))) {
    total += lines.bookCount
    // The first page has the header, which only books need.
    if (total > 0) yield lines
  }
  const totalText = `\n${total.toLocaleString('en')} ${total === 1 ? 'book' : 'books'}\n`
  yield { text: total === 0 ? 'No books match.\n' : totalText }
}

/** Yields all matching books as formatted lines, the first page with the header. A page is fetched when the consumer asks for it. */
export async function* streamBookLines(
  send: SendDocument,
  filter: BookFilter,
  { header, formatRow }: RowFormatter<ListedBook>,
): AsyncGenerator<BookLines> {
  let pageSize: number | undefined = PAGE_SIZE

  async function fetchPage(after: string | undefined): Promise<readonly ListedBook[]> {
    try {
      return (await send(ListBooksDocument, { filter, first: pageSize, after })).books
    } catch (error) {
      if (pageSize === undefined || !isPageSizeRejected(error)) throw error
      // The API has a lower PAGE_LIMIT: its own page size is within that.
      pageSize = undefined
      return fetchPage(after)
    }
  }

  let prefix = header
  let after: string | undefined
  do {
    const books = await fetchPage(after)
    yield { text: prefix + books.map(formatRow).join(''), bookCount: books.length }
    prefix = ''
    // A page of unknown size is the last one only when it is empty.
    after = books.length < (pageSize ?? 1) ? undefined : books.at(-1)?.id
  } while (after !== undefined)
}

const isPageSizeRejected = (error: unknown) =>
  error instanceof ApiRejectionError && error.inputIssues.some(({ argument }) => argument === 'first')
