import { AddBookDocument, type AddBookInput } from '../../generated/job/graphql.ts'
import type { DocumentClient } from './document-client.ts'
import { formatBookLine } from './list-books.ts'

/** Adds one book and prints it. */
export async function addBook(client: DocumentClient, input: AddBookInput): Promise<void> {
  const { addBook: book } = await client(AddBookDocument, { input })
  console.log(formatBookLine(book))
}
