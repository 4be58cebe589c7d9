import type { NewBook } from '../database/add-books.ts'
import { badUserInput } from '../errors/api-error.ts'
import type { InputIssue } from '../errors/error-details.ts'
import type { AddBookInput } from '../generated/resolvers.ts'
import { IDEMPOTENCY_KEY_FORMAT, isIdempotencyKey } from './idempotency-key.ts'

const MAX_TEXT = 500
const MAX_COST = 1_000_000
const MAX_PAGES = 100_000

/** The whole number that an id stands for; undefined if no book can have it. */
export function parseBookId(id: string): number | undefined {
  const value = Number(id)
  return /^[1-9]\d*$/.test(id) && Number.isSafeInteger(value) ? value : undefined
}

/**
 * Checks books to be added, all of them at once.
 * @param inputs with where each stands in the request
 * @throws Refusal `BAD_USER_INPUT` with every fault and what would be right
 */
export function parseBookInputs(
  inputs: readonly { readonly argument: string; readonly input: AddBookInput }[],
): NewBook[] {
  const faults: InputIssue[] = []
  const books = inputs.map(({ argument, input }) => readBook(argument, input, faults))
  const [first, ...others] = faults
  if (first) throw badUserInput([first, ...others])
  return books
}

function readBook(argument: string, input: AddBookInput, faults: InputIssue[]): NewBook {
  const expect = (right: boolean, name: string, message: string) => {
    if (!right) faults.push({ argument: `${argument}.${name}`, message })
  }
  const title = input.title.trim()
  const author = input.author.trim()
  const id = input.id == null ? undefined : parseBookId(input.id)
  expect(input.id == null || id !== undefined, 'id', 'must be a whole number from 1 to 9007199254740991.')
  expect(isText(title), 'title', `must have 1 to ${MAX_TEXT} characters.`)
  expect(isText(author), 'author', `must have 1 to ${MAX_TEXT} characters.`)
  const { cost, numPages } = input
  expect(
    /^\d+(\.\d{1,2})?$/.test(String(cost)) && cost <= MAX_COST,
    'cost',
    `must be from 0 to ${MAX_COST} with at most two decimals, as 7.99.`,
  )
  const key = input.idempotencyKey ?? undefined
  expect(key === undefined || isIdempotencyKey(key), 'idempotencyKey', `must be ${IDEMPOTENCY_KEY_FORMAT}.`)
  expect(numPages >= 1 && numPages <= MAX_PAGES, 'numPages', `must be a whole number from 1 to ${MAX_PAGES}.`)
  return { argument, id, title, author, cents: Math.round(cost * 100), numPages, idempotencyKey: key }
}

/** Counted in characters as people count them, not in UTF-16 units. */
const isText = (text: string) =>
  text !== '' && !text.includes('\0') && text.isWellFormed() && [...text].length <= MAX_TEXT
