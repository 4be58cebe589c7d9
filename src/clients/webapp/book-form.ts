import { createHash } from 'node:crypto'
import type { AddBookInput } from '../../generated/webapp/graphql.ts'
import type { InputIssue } from './api-client.ts'

const FIELDS = ['title', 'author', 'cost', 'numPages'] as const
type Field = (typeof FIELDS)[number]

/** A book as it was written into the form; `id` is the form's own, to know it again when it is sent twice. */
export type BookForm = Readonly<Record<Field | 'id', string>>
/** What is wrong, by the field that it stands beside; `''` is the form as a whole. */
export type FormErrors = Readonly<Partial<Record<Field | '', string>>>

export const EMPTY_BOOK_FORM: BookForm = Object.freeze({
  id: '',
  title: '',
  author: '',
  cost: '',
  numPages: '',
})

const MOST_CHARACTERS = 2_000
const ID = /^[\w-]{1,64}$/
const AMOUNT = /^\d{1,9}(?:\.\d{1,9})?$/
const COUNT = /^\d{1,9}$/

/** @param body a form's fields; what is there twice or is none of these counts as left out */
export function parseBookForm(body: unknown): BookForm {
  const given = Object(body) as Readonly<Record<string, unknown>>
  const text = (name: string) =>
    typeof given[name] === 'string' ? given[name].slice(0, MOST_CHARACTERS) : ''
  const id = ID.test(text('form')) ? text('form') : ''
  return { id, title: text('title'), author: text('author'), cost: text('cost'), numPages: text('numPages') }
}

/** The book that the form means, or what is missing or no number; whether the rest is right is for the API to say. */
export function validateBookForm(
  form: BookForm,
): { readonly input: AddBookInput } | { readonly errors: FormErrors } {
  const cost = form.cost.trim()
  const numPages = form.numPages.trim()
  const faults = {
    ...(form.title.trim() === '' && { title: 'must not be empty.' }),
    ...(form.author.trim() === '' && { author: 'must not be empty.' }),
    ...(!AMOUNT.test(cost) && { cost: 'must be an amount in dollars, as 7.99.' }),
    ...(!COUNT.test(numPages) && { numPages: 'must be a whole number, as 300.' }),
  }
  if (Object.keys(faults).length > 0) return { errors: faults }
  const [title, author] = [form.title.trim(), form.author.trim()]
  return { input: { title, author, cost: Number(cost), numPages: Number(numPages) } }
}

/**
 * The key that a form's book goes under, so that it is added once: after a double click, at another copy of this application,
 * after an answer that was lost. It is a hash, which nobody else can guess. Going back, changing something and sending it
 * again means another book, so what the form says is part of it.
 * @param subject whose form it is
 * @returns undefined for a form that nobody was shown
 */
export const deriveIdempotencyKey = (
  subject: string,
  { id }: BookForm,
  input: AddBookInput,
): string | undefined =>
  id === ''
    ? undefined
    : createHash('sha256')
        .update(JSON.stringify([subject, id, input]))
        .digest('base64url')

/** The API's words beside the fields that they are about. */
export function toFormErrors(issues: readonly InputIssue[]): FormErrors {
  const beside: Partial<Record<Field | '', string>> = {}
  for (const { argument, message } of issues) {
    const name = argument.split('.').at(-1)
    const field = FIELDS.find((one) => one === name) ?? ''
    beside[field] ??= message
  }
  return beside
}
