import type { BookCriteria } from '../database/book-query.ts'
import type { BookPageRequest } from '../database/book-repository.ts'
import { badUserInput } from '../errors/api-error.ts'
import { parseBookId } from './book-input.ts'

/** Books on a page when neither `first` nor `last` is given. */
export const DEFAULT_PAGE_SIZE = 50

type PageArguments = {
  readonly filter?: { readonly author?: string | null; readonly title?: string | null } | null
  readonly first?: number | null
  readonly after?: string | null
  readonly last?: number | null
  readonly before?: string | null
}

/**
 * Parses the arguments of a page.
 * @throws ApiError `BAD_USER_INPUT`
 */
export function parsePageInput(
  { filter, first, after, last, before }: PageArguments,
  maxPageSize: number,
): BookPageRequest {
  if (first != null && last != null)
    throw badUserInput([{ argument: 'last', message: 'must not be combined with first.' }])
  for (const [argument, size] of Object.entries({ first, last }))
    if (size != null && size > maxPageSize)
      throw badUserInput([{ argument, message: `must be at most ${maxPageSize}.` }])
  return {
    criteria: parseFilter(filter ?? {}),
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

const parseFilter = ({ author, title }: NonNullable<PageArguments['filter']>): BookCriteria => ({
  author: author ?? undefined,
  title: title ?? undefined,
})
