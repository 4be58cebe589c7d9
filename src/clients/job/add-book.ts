import { AddBookDocument, type AddBookInput } from '../../generated/job/graphql.ts'
import { exitOnSignals } from './abort-on-signals.ts'
import { stripControlCharacters } from './encoding.ts'
import { JobError } from './errors.ts'
import { createSendDocument, type JobSettings } from './send-document.ts'
import { writeText } from './standard-output.ts'

/** Adds a book and prints it. @throws JobError when it is rejected, or when it was added but cannot be printed */
export async function addBook(settings: JobSettings, input: AddBookInput, dpop: boolean): Promise<void> {
  exitOnSignals('the book may have been added. "npm run job -- list" shows it.')
  const send = await createSendDocument(settings, { dpop })
  const { addBook: book } = await send(AddBookDocument, { input })
  const message = stripControlCharacters(`Added book ${book.id}: ${book.title} by ${book.author}.`)
  const error = await writeText(`${message}\n`)
  if (error)
    throw new JobError(`Book ${book.id} was added, but standard output cannot be written: ${error.message}`)
}
