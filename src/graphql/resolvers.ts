import { GraphQLError, type GraphQLResolveInfo, GraphQLScalarType } from 'graphql'
import {
  DateTimeResolver,
  NonEmptyStringResolver,
  NonNegativeFloatResolver,
  PositiveIntResolver,
} from 'graphql-scalars'
import type { StoredBook } from '../database/stored-book.ts'
import { badInput, noToken } from '../errors/api-error.ts'
import type { Resolvers } from '../generated/resolvers.ts'
import { readBooks, readId } from './book-input.ts'
import { readBookPage } from './book-page.ts'
import type { Context } from './context.ts'
import { claimOf } from './idempotency-key.ts'
import { readPage } from './page-input.ts'

/** The library takes 1.5 for 1 in a variable; here it is refused, as it is in a document. */
const wholePositiveInt = new GraphQLScalarType({
  ...PositiveIntResolver.toConfig(),
  parseValue(value) {
    if (!Number.isInteger(value)) throw new GraphQLError(`Value is not a whole number: ${value}`)
    return PositiveIntResolver.parseValue(value)
  },
})

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
    booksConnection: (_, args, { books, limits }) => readBookPage(books, readPage(args, limits.page)),
    book(_, args, { books }) {
      const id = readId(args.id)
      return id === undefined ? null : books.find(id)
    },
  },
  Mutation: {
    async addBook(_, { input }, context, info) {
      const [book] = await add([{ argument: 'input', input }], context, info)
      if (!book) throw new Error('the store kept no book')
      return book
    },
    async addBooks(_, { inputs }, context, info) {
      if (inputs.length > context.limits.batch)
        throw badInput([
          { argument: 'inputs', message: `holds more than ${context.limits.batch} books; send fewer.` },
        ])
      return add(
        inputs.map((input, index) => ({ argument: `inputs[${index}]`, input })),
        context,
        info,
      )
    },
  },
  BookConnection: {
    edges: ({ books }) => books.map((node) => ({ cursor: String(node.id), node })),
    pageInfo: (page) => page,
  },
  PageInfo: {
    startCursor: ({ books }) => cursorOf(books.at(0)),
    endCursor: ({ books }) => cursorOf(books.at(-1)),
  },
  Book: {
    id: (book) => String(book.id),
    cost: (book) => book.cents / 100,
    numPages: (book) => book.num_pages,
    addedBy: (book) => book.added_by,
    addedAt: (book) => new Date(book.added_at),
  },
}

const cursorOf = (book: StoredBook | undefined) => (book ? String(book.id) : null)

/** Who added a book comes from the token, never from the request's body. */
async function add(
  inputs: Parameters<typeof readBooks>[0],
  { books, caller, now, idempotencyKey, idempotencyMs, tell }: Context,
  info: GraphQLResolveInfo,
) {
  if (!caller) throw noToken()
  const added = await books.add(readBooks(inputs), {
    client: caller.client,
    addedBy: caller.subject,
    at: now(),
    keepMs: idempotencyMs,
    claim: claimOf(idempotencyKey, info),
  })
  tell({ added: added.map((book) => String(book.id)) })
  return added
}
