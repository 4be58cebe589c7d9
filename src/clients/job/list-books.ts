import { type BookFilter, ListBooksDocument } from '../../generated/job/graphql.ts'
import { exitOnSignals } from './abort-on-signals.ts'
import { createBookFormatter, formatBookLine, type ListedBook, type RowFormatter } from './book-file.ts'
import { ApiRejectionError } from './errors.ts'
import { createSendDocument, type JobSettings, type SendDocument } from './send-document.ts'
import { writeToStandardOutput } from './standard-output.ts'

/** The default of the API's PAGE_LIMIT. */
const PAGE_SIZE = 100

/** Formatted lines and the number of books in them. */
export type BookLines = { readonly text: string; readonly bookCount: number }

type ListOptions = BookFilter & { readonly dpop?: boolean; readonly csv?: boolean; readonly json?: boolean }

/** Prints all matching books: tab-separated for people, or as `export` writes them. */
export async function listBooks(
  settings: JobSettings,
  { dpop = false, csv, json, ...filter }: ListOptions,
): Promise<void> {
  exitOnSignals('the output is incomplete.')
  const send = await createSendDocument(settings, { dpop })
  await writeToStandardOutput(streamBookLines(send, filter, createListFormatter(csv, json)))
}

function createListFormatter(csv = false, json = false): RowFormatter<ListedBook> {
  if (csv) return createBookFormatter('csv')
  if (json) return createBookFormatter('jsonl')
  return { header: '', formatRow: (book) => `${formatBookLine(book)}\n` }
}

/** Yields the header, then all matching books as formatted lines. A page is fetched when the consumer asks for it. */
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

  yield { text: header, bookCount: 0 }
  let after: string | undefined
  do {
    const books = await fetchPage(after)
    yield { text: books.map(formatRow).join(''), bookCount: books.length }
    // A page of unknown size is the last one only when it is empty.
    after = books.length < (pageSize ?? 1) ? undefined : books.at(-1)?.id
  } while (after !== undefined)
}

const isPageSizeRejected = (error: unknown) =>
  error instanceof ApiRejectionError && error.inputIssues.some(({ argument }) => argument === 'first')
