import { AddBookDocument, type AddBookInput } from '../../generated/job/graphql.ts'
import { formatBookLine } from './book-file.ts'
import { type JobSettings, openSession } from './session.ts'

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
