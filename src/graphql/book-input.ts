import type { NewBook } from '../database/add-books.ts'
import { badUserInput } from '../errors/api-error.ts'
import type { InputIssue } from '../errors/error-details.ts'
import type { AddBookInput } from '../generated/resolvers.ts'
import { IDEMPOTENCY_KEY_FORMAT, isIdempotencyKey } from './idempotency-key.ts'

const MAX_TEXT_LENGTH = 500
const MAX_COST = 1_000_000
const MAX_PAGES = 100_000

/** Parses the id of a book: a positive integer. Returns undefined for any other text. */
export function parseBookId(id: string): number | undefined {
  const value = Number(id)
  return /^[1-9]\d*$/.test(id) && Number.isSafeInteger(value) ? value : undefined
}

/**
 * Validates the books of a mutation.
 * @param inputs each with its argument path, such as `inputs[3]`
 * @throws ApiError `BAD_USER_INPUT` with every issue of every book
 */
export function parseBookInputs(
  inputs: readonly { readonly argument: string; readonly input: AddBookInput }[],
): NewBook[] {
  const issues: InputIssue[] = []
  const books = inputs.map(({ argument, input }) => parseBookInput(argument, input, issues))
  const [first, ...others] = issues
  if (first) throw badUserInput([first, ...others])
  return books
}

function parseBookInput(argument: string, input: AddBookInput, issues: InputIssue[]): NewBook {
  const expect = (isValid: boolean, name: string, message: string) => {
    if (!isValid) issues.push({ argument: `${argument}.${name}`, message })
  }
  const title = input.title.trim()
  const author = input.author.trim()
  const id = input.id == null ? undefined : parseBookId(input.id)
  expect(input.id == null || id !== undefined, 'id', 'must be a whole number from 1 to 9007199254740991.')
  expect(isText(title), 'title', `must have 1 to ${MAX_TEXT_LENGTH} characters.`)
  expect(isText(author), 'author', `must have 1 to ${MAX_TEXT_LENGTH} characters.`)
  const { cost, numPages } = input
  expect(
    /^\d+(\.\d{1,2})?$/.test(String(cost)) && cost <= MAX_COST,
    'cost',
    `must be from 0 to ${MAX_COST} with at most two decimals, such as 7.99.`,
  )
  const idempotencyKey = input.idempotencyKey ?? undefined
  expect(
    idempotencyKey === undefined || isIdempotencyKey(idempotencyKey),
    'idempotencyKey',
    `must be ${IDEMPOTENCY_KEY_FORMAT}.`,
  )
  expect(numPages >= 1 && numPages <= MAX_PAGES, 'numPages', `must be a whole number from 1 to ${MAX_PAGES}.`)
  return { argument, id, title, author, cents: Math.round(cost * 100), numPages, idempotencyKey }
}

/** Counts code points, not UTF-16 units. */
const isText = (text: string) =>
  text !== '' && !text.includes('\0') && text.isWellFormed() && [...text].length <= MAX_TEXT_LENGTH
