import { book, newTokens, tokens } from './rows/book.ts'
import { bigDocument, bigDocuments, documents } from './rows/documents.ts'
import { connection, page } from './rows/pages.ts'
import { badSignature, noScope, noToken } from './rows/refusals.ts'
import { rest } from './rows/rest.ts'
import type { RequestRow } from './rows/row.ts'
import { write } from './rows/writes.ts'

/** What is asked, in the order of the report. */
export const rows: readonly RequestRow[] = [
  book,
  documents,
  tokens,
  newTokens,
  noScope,
  noToken,
  badSignature,
  page,
  connection,
  write,
  bigDocument,
  bigDocuments,
  rest,
]
