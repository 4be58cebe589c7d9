import type { BookCriteria, BookPageRequest } from '../database/book-repository.ts'
import { badUserInput } from '../errors/api-error.ts'
import { parseBookId } from './book-input.ts'

/** How many books a page has when nobody says. */
export const DEFAULT_PAGE_SIZE = 50

type PageArguments = {
  readonly filter?: { readonly author?: string | null; readonly title?: string | null } | null
  readonly first?: number | null
  readonly after?: string | null
  readonly last?: number | null
  readonly before?: string | null
}

/**
 * The page that the arguments ask for.
 * @param maxPageSize the most books in one page
 * @throws Refusal `BAD_USER_INPUT`
 */
export function parsePageInput(
  { filter, first, after, last, before }: PageArguments,
  maxPageSize: number,
): BookPageRequest {
  if (first != null && last != null)
    throw badUserInput([
      { argument: 'last', message: 'cannot be together with first: a page has one start.' },
    ])
  for (const [argument, size] of Object.entries({ first, last }))
    if (size != null && size > maxPageSize)
      throw badUserInput([{ argument, message: `must be at most ${maxPageSize}.` }])
  return {
    criteria: readFilter(filter ?? {}),
    from: last == null ? 'start' : 'end',
    pageSize: first ?? last ?? Math.min(DEFAULT_PAGE_SIZE, maxPageSize),
    after: readCursor('after', after),
    before: readCursor('before', before),
  }
}

function readCursor(argument: string, cursor: string | null | undefined): number | undefined {
  if (cursor == null) return undefined
  const id = parseBookId(cursor)
  if (id === undefined) throw badUserInput([{ argument, message: 'must be the id of a book, or a cursor.' }])
  return id
}

const readFilter = ({ author, title }: NonNullable<PageArguments['filter']>): BookCriteria => ({
  author: author ?? undefined,
  title: title ?? undefined,
})
