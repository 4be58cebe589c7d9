import { GraphQLError, type GraphQLResolveInfo, GraphQLScalarType } from 'graphql'
import {
  DateTimeResolver,
  NonEmptyStringResolver,
  NonNegativeFloatResolver,
  PositiveIntResolver,
} from 'graphql-scalars'
import type { StoredBook } from '../database/tables.ts'
import { badUserInput, missingToken } from '../errors/api-error.ts'
import type { Resolvers } from '../generated/resolvers.ts'
import { parseBookId, parseBookInputs } from './book-input.ts'
import { readBookPage } from './book-page.ts'
import type { Context } from './context.ts'
import { createIdempotencyClaim } from './idempotency-key.ts'
import { parsePageInput } from './page-input.ts'

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
      return (await books.page(parsePageInput(args, limits.maxPageSize))).books
    },
    booksConnection: (_, args, { books, limits }) =>
      readBookPage(books, parsePageInput(args, limits.maxPageSize)),
    book(_, args, { books }) {
      const id = parseBookId(args.id)
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
      if (inputs.length > context.limits.maxBatchSize)
        throw badUserInput([
          {
            argument: 'inputs',
            message: `holds more than ${context.limits.maxBatchSize} books; send fewer.`,
          },
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
  inputs: Parameters<typeof parseBookInputs>[0],
  { books, caller, now, idempotencyKey, idempotencyTtlMs, addOperationInfo }: Context,
  info: GraphQLResolveInfo,
) {
  if (!caller) throw missingToken()
  const added = await books.add(parseBookInputs(inputs), {
    clientId: caller.client,
    addedBy: caller.subject,
    addedAt: now(),
    idempotencyTtlMs,
    idempotentWrite: createIdempotencyClaim(idempotencyKey, info),
  })
  addOperationInfo({ addedBookIds: added.map((book) => String(book.id)) })
  return added
}
