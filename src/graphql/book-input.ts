import type { BookCriteria } from '../database/book-query.ts'
import type { BookPageRequest } from '../database/book-repository.ts'
import type { NewBook } from '../database/book-write.ts'
import { badUserInput } from '../errors/api-error.ts'
import type { InputIssue } from '../errors/error-details.ts'
import type { AddBookInput, BookFilter, QueryBooksConnectionArgs } from '../generated/resolvers.ts'
import { IDEMPOTENCY_KEY_FORMAT, isIdempotencyKey } from './idempotency-key.ts'

const MAX_TEXT_LENGTH = 500
const TEXT_FORMAT = `must have 1 to ${MAX_TEXT_LENGTH} characters, at least one of them visible, and no unpaired surrogates.`
/**
 * Control characters, line breaks, and the explicit directional formatting characters (UAX #9 §2.1–2.5), which can reorder
 * what follows the text. The marks of §2.6, such as U+200F, affect only their neighbours, and right-to-left titles need them.
 */
const FORBIDDEN_CHARACTER = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u
const VISIBLE_CHARACTER = /[^\s\p{Default_Ignorable_Code_Point}]/u
const MAX_COST = 1_000_000
const MAX_PAGES_OF_BOOK = 100_000

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
  if (issues.length > 0) throw badUserInput(issues)
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
  for (const [name, text] of Object.entries({ title, author })) {
    const message = findTextProblem(text)
    if (message !== undefined) issues.push({ argument: `${argument}.${name}`, message })
  }
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
  expect(
    numPages >= 1 && numPages <= MAX_PAGES_OF_BOOK,
    'numPages',
    `must be a whole number from 1 to ${MAX_PAGES_OF_BOOK}.`,
  )
  return { argument, id, title, author, cents: Math.round(cost * 100), numPages, idempotencyKey }
}

/** Describes what is wrong with a title or an author. The length is counted in code points, not UTF-16 units. */
function findTextProblem(text: string): string | undefined {
  const forbidden = FORBIDDEN_CHARACTER.exec(text)?.[0].codePointAt(0)
  if (forbidden !== undefined)
    return `must not contain U+${forbidden.toString(16).toUpperCase().padStart(4, '0')}. Remove control characters, line breaks and bidirectional controls; the marks U+200E, U+200F and U+061C are allowed.`
  const isValid = VISIBLE_CHARACTER.test(text) && text.isWellFormed() && [...text].length <= MAX_TEXT_LENGTH
  return isValid ? undefined : TEXT_FORMAT
}

/** Books on a page when neither `first` nor `last` is given. */
export const DEFAULT_PAGE_SIZE = 50

/** Parses the arguments of a page. @throws ApiError `BAD_USER_INPUT` */
export function parsePageInput(
  { filter, first, after, last, before, orderBy }: Partial<QueryBooksConnectionArgs>,
  maxPageSize: number,
): BookPageRequest {
  if (first != null && last != null)
    throw badUserInput([{ argument: 'last', message: 'must not be combined with first.' }])
  for (const [argument, size] of Object.entries({ first, last }))
    if (size != null && (size < 1 || size > maxPageSize))
      throw badUserInput([{ argument, message: `must be from 1 to ${maxPageSize}.` }])
  return {
    criteria: parseFilter(filter ?? {}),
    order: orderBy ?? 'ID',
    from: last == null ? 'start' : 'end',
    pageSize: first ?? last ?? Math.min(DEFAULT_PAGE_SIZE, maxPageSize),
    after: parseCursor('after', after),
    before: parseCursor('before', before),
  }
}

function parseCursor(argument: string, cursor: string | null | undefined): number | undefined {
  if (cursor == null) return undefined
  const id = parseBookId(cursor)
  if (id === undefined) throw badUserInput([{ argument, message: 'must be a cursor, or the id of a book.' }])
  return id
}

const parseFilter = ({ author, authorWords, title }: BookFilter): BookCriteria => ({
  author: author ?? undefined,
  authorWords: authorWords ?? undefined,
  title: title ?? undefined,
})
