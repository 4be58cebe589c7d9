import type { GraphQLResolveInfo } from 'graphql'
import type { StoredBook } from '../database/tables.ts'
import { badUserInput, missingToken } from '../errors/api-error.ts'
import type { Resolvers } from '../generated/resolvers.ts'
import { parseBookId, parseBookInputs, parsePageInput } from './book-input.ts'
import { readBookPage } from './book-page.ts'
import type { Context } from './context.ts'
import { createIdempotentWrite } from './idempotency-key.ts'

/** The resolvers validate input, call the repository and shape the result. Scopes are enforced in requires-scope.ts. */
export const resolvers: Resolvers = {
  Query: {
    books(_, args, { books, limits }) {
      const page = books.page(parsePageInput(args, limits.maxPageSize))
      return page instanceof Promise ? page.then((read) => read.books) : page.books
    },
    booksConnection: (_, args, { books, limits }) =>
      readBookPage(books, parsePageInput(args, limits.maxPageSize), limits.maxCount),
    book(_, args, { books }) {
      const id = parseBookId(args.id)
      return id === undefined ? null : books.find(id)
    },
  },
  Mutation: {
    async addBook(_, { input }, context, info) {
      const [book] = await addBooks([{ argument: 'input', input }], context, info)
      if (!book) throw new Error('The repository returned no book.')
      return book
    },
    async addBooks(_, { inputs }, context, info) {
      const { maxBatchSize } = context.limits
      if (inputs.length > maxBatchSize)
        throw badUserInput([
          { argument: 'inputs', message: `must not contain more than ${maxBatchSize} books.` },
        ])
      const indexed = inputs.map((input, index) => ({ argument: `inputs[${index}]`, input }))
      return addBooks(indexed, context, info)
    },
  },
  BookConnection: {
    edges: ({ books }) => books.map((node) => ({ cursor: String(node.id), node })),
    pageInfo: (page) => page,
  },
  PageInfo: {
    startCursor: ({ books }) => toCursor(books.at(0)),
    endCursor: ({ books }) => toCursor(books.at(-1)),
  },
  Book: {
    cost: (book) => book.cents / 100,
  },
}

const toCursor = (book: StoredBook | undefined) => (book ? String(book.id) : null)

/** Adds books as the caller: `addedBy` is the token's subject, never a value of the request. */
async function addBooks(
  inputs: Parameters<typeof parseBookInputs>[0],
  { books, caller, getDate, idempotencyKey, idempotencyTtlMs, addOperationInfo }: Context,
  info: GraphQLResolveInfo,
) {
  if (!caller) throw missingToken()
  const added = await books.add(parseBookInputs(inputs), {
    clientId: caller.clientId,
    addedBy: caller.subject,
    addedAt: getDate(),
    idempotencyTtlMs,
    idempotentWrite: createIdempotentWrite(idempotencyKey, info),
  })
  addOperationInfo({ addedBookIds: added.map((book) => String(book.id)) })
  return added
}
