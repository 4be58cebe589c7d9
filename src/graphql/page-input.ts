import type { Filter, Page } from '../database/book-repository.ts'
import { badInput } from '../errors/api-error.ts'
import { readId } from './book-input.ts'

/** How many books a page has when nobody says. */
export const DEFAULT_PAGE = 50

type PageArguments = {
  readonly filter?: { readonly author?: string | null; readonly title?: string | null } | null
  readonly first?: number | null
  readonly after?: string | null
  readonly last?: number | null
  readonly before?: string | null
}

/**
 * The page that the arguments ask for.
 * @param most the most books in one page
 * @throws Refusal `BAD_USER_INPUT`
 */
export function readPage({ filter, first, after, last, before }: PageArguments, most: number): Page {
  if (first != null && last != null)
    throw badInput([{ argument: 'last', message: 'cannot be together with first: a page has one start.' }])
  for (const [argument, size] of Object.entries({ first, last }))
    if (size != null && size > most) throw badInput([{ argument, message: `must be at most ${most}.` }])
  return {
    filter: readFilter(filter ?? {}),
    from: last == null ? 'start' : 'end',
    size: first ?? last ?? Math.min(DEFAULT_PAGE, most),
    after: readCursor('after', after),
    before: readCursor('before', before),
  }
}

function readCursor(argument: string, cursor: string | null | undefined): number | undefined {
  if (cursor == null) return undefined
  const id = readId(cursor)
  if (id === undefined) throw badInput([{ argument, message: 'must be the id of a book, or a cursor.' }])
  return id
}

const readFilter = ({ author, title }: NonNullable<PageArguments['filter']>): Filter => ({
  author: author ?? undefined,
  title: title ?? undefined,
})
