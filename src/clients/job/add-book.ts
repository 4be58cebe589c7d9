import { AddBookDocument, type AddBookInput } from '../../generated/job/graphql.ts'
import type { RunDocument } from './document-client.ts'
import { forPeople } from './list-books.ts'

/** Adds one book and prints it. */
export async function addBook(run: RunDocument, input: AddBookInput): Promise<void> {
  const { addBook: book } = await run(AddBookDocument, { input })
  console.log(forPeople(book))
}
