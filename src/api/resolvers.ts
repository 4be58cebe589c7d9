import { GraphQLError, GraphQLScalarType } from 'graphql'
import {
  DateTimeResolver,
  NonEmptyStringResolver,
  NonNegativeFloatResolver,
  PositiveIntResolver,
} from 'graphql-scalars'
import type { Resolvers } from '../generated/resolvers.ts'
import { badInput, noToken } from '../refusal.ts'
import type { Filter, Page } from '../store/books.ts'
import { readBooks, readId } from './book-input.ts'
import type { Context } from './context.ts'

/** How many books a page has when nobody says. */
export const DEFAULT_PAGE = 50

/** The library takes 1.5 for 1 in a variable; here it is refused, as it is in a document. */
const wholePositiveInt = new GraphQLScalarType({
  ...PositiveIntResolver.toConfig(),
  parseValue(value) {
    if (!Number.isInteger(value)) throw new GraphQLError(`Value is not a whole number: ${value}`)
    return PositiveIntResolver.parseValue(value)
  },
})

type PageArguments = {
  readonly filter?: { readonly author?: string | null; readonly title?: string | null } | null
  readonly first?: number | null
  readonly after?: string | null
}

/** Thin: the input is checked, the store called, the result shaped. Scopes are nowhere here. */
export const resolvers: Resolvers = {
  DateTime: DateTimeResolver,
  NonEmptyString: NonEmptyStringResolver,
  NonNegativeFloat: NonNegativeFloatResolver,
  PositiveInt: wholePositiveInt,
  Query: {
    async books(_, args, { books, limits }) {
      return (await books.page(readPage(args, limits.page))).books
    },
    async booksConnection(_, args, { books, limits }) {
      const page = readPage(args, limits.page)
      const found = await books.page(page)
      const edges = found.books.map((node) => ({ cursor: String(node.id), node }))
      return {
        edges,
        pageInfo: {
          hasNextPage: found.more,
          hasPreviousPage: page.after > 0 && (await books.anyUpTo(page.filter, page.after)),
          startCursor: edges[0]?.cursor ?? null,
          endCursor: edges.at(-1)?.cursor ?? null,
        },
      }
    },
    async book(_, args, { books }) {
      const id = readId(args.id)
      return id === undefined ? null : ((await books.find(id)) ?? null)
    },
  },
  Mutation: {
    async addBook(_, { input }, context) {
      const [book] = await add([{ argument: 'input', input }], context)
      if (!book) throw new Error('the store kept no book')
      return book
    },
    async addBooks(_, { inputs }, context) {
      if (inputs.length > context.limits.batch)
        throw badInput([
          { argument: 'inputs', message: `holds more than ${context.limits.batch} books; send fewer.` },
        ])
      return add(
        inputs.map((input, index) => ({ argument: `inputs[${index}]`, input })),
        context,
      )
    },
  },
  Book: {
    id: (book) => String(book.id),
    cost: (book) => book.cents / 100,
    numPages: (book) => book.num_pages,
    addedBy: (book) => book.added_by,
    addedAt: (book) => new Date(book.added_at),
  },
}

/** Who added a book comes from the token, never from the request's body. */
async function add(inputs: Parameters<typeof readBooks>[0], { books, caller, now }: Context) {
  if (!caller) throw noToken()
  return books.add(readBooks(inputs), caller.subject, now())
}

function readPage({ filter, first, after }: PageArguments, most: number): Page {
  if (first != null && first > most)
    throw badInput([{ argument: 'first', message: `must be at most ${most}.` }])
  const behind = after == null ? 0 : readId(after)
  if (behind === undefined)
    throw badInput([{ argument: 'after', message: 'must be the id of a book, or a cursor.' }])
  return { filter: readFilter(filter ?? {}), first: first ?? Math.min(DEFAULT_PAGE, most), after: behind }
}

const readFilter = ({ author, title }: NonNullable<PageArguments['filter']>): Filter => ({
  author: author ?? undefined,
  title: title ?? undefined,
})
