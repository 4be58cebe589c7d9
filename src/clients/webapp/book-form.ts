import { hash, randomUUID } from 'node:crypto'
import type { InputIssue } from '../../errors/error-details.ts'
import type { AddBookInput } from '../../generated/webapp/graphql.ts'
import { readTextField } from './text-field.ts'

const FIELDS = ['title', 'author', 'cost', 'numPages'] as const
type Field = (typeof FIELDS)[number]

/** The fields of a book form as entered. `id` identifies the form when it is submitted more than once. */
export type BookForm = Readonly<Record<Field | 'id', string>>
/** Error messages by field; `''` is the form as a whole. */
export type FormErrors = Readonly<Partial<Record<Field | '', string>>>

const MAX_FIELD_LENGTH = 2_000
const FORM_ID = /^[\w-]{1,64}$/
const AMOUNT = /^\d{1,9}(?:\.\d{1,9})?$/
const COUNT = /^\d{1,9}$/

/** Parses a submitted form. Repeated fields count as missing, unknown ones are ignored. A form without a valid id gets one. */
export function parseBookForm(body: unknown): BookForm {
  const read = (name: string) => readTextField(body, name).slice(0, MAX_FIELD_LENGTH)
  const id = FORM_ID.test(read('form')) ? read('form') : randomUUID()
  return { id, title: read('title'), author: read('author'), cost: read('cost'), numPages: read('numPages') }
}

export const createEmptyBookForm = (): BookForm => parseBookForm({})

/** Converts a form to the mutation's input, or returns errors for missing or non-numeric fields. The API validates the rest. */
export function validateBookForm(form: BookForm) {
  const title = form.title.trim()
  const author = form.author.trim()
  const cost = form.cost.trim()
  const numPages = form.numPages.trim()
  const errors = {
    ...(title === '' && { title: 'must not be empty.' }),
    ...(author === '' && { author: 'must not be empty.' }),
    ...(!AMOUNT.test(cost) && { cost: 'must be an amount in dollars, for example 7.99.' }),
    ...(!COUNT.test(numPages) && { numPages: 'must be a whole number, for example 300.' }),
  }
  if (Object.keys(errors).length > 0) return { errors }
  return { input: { title, author, cost: Number(cost), numPages: Number(numPages) } }
}

/**
 * Derives the idempotency key of a form, so that its book is added once even after a double click, a lost response or a
 * submit to another copy of the web app. The input is part of the key: going back and editing the form adds another book.
 * @param subject the user, so that another user's form with the same id has another key
 */
export const deriveIdempotencyKey = (subject: string, { id }: BookForm, input: AddBookInput): string =>
  hash('sha256', JSON.stringify([subject, id, input]), 'base64url')

/** Maps the API's input issues to form fields. The first issue of a field wins. */
export function toFormErrors(issues: readonly InputIssue[]): FormErrors {
  const errors: Partial<Record<Field | '', string>> = {}
  for (const { argument, message } of issues) {
    const name = argument.split('.').at(-1)
    const field = FIELDS.find((known) => known === name) ?? ''
    errors[field] ??= message
  }
  return errors
}
