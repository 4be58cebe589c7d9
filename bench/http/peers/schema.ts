import type { Book, BookInput } from '../books.ts'
import { ADMIN, type Caller, READ } from './bearer.ts'
import type { Books } from './books.ts'

/** The part of our schema that the rows ask for. */
export const typeDefs = `
  type Query {
    book(id: ID!): Book
    books(first: Int = 50, after: ID): [Book!]!
    booksConnection(first: Int = 50, after: ID): BookConnection!
  }

  type Mutation {
    addBook(input: AddBookInput!): Book!
  }

  type Book {
    id: ID!
    title: String!
    author: String!
    cost: Float!
    numPages: Int!
  }

  type BookConnection {
    edges: [BookEdge!]!
    pageInfo: PageInfo!
  }

  type BookEdge {
    cursor: ID!
    node: Book!
  }

  type PageInfo {
    hasNextPage: Boolean!
    endCursor: ID
  }

  input AddBookInput {
    title: String!
    author: String!
    cost: Float!
    numPages: Int!
  }
`

export interface Context {
  readonly caller: Caller
}

interface PageArguments {
  readonly first: number
  readonly after?: string | null
}

/** Returns resolvers that ask for the scope first, as a server does that has no rules in its schema. */
export function resolversOf(books: Books, demand: (caller: Caller, scope: string) => void) {
  return {
    Query: {
      book(_parent: unknown, { id }: { id: string }, { caller }: Context) {
        demand(caller, READ)
        return books.find(id)
      },
      books(_parent: unknown, { first, after }: PageArguments, { caller }: Context) {
        demand(caller, READ)
        return books.page(first, after)
      },
      booksConnection(_parent: unknown, { first, after }: PageArguments, { caller }: Context) {
        demand(caller, READ)
        return connectionOf(books.page(first + 1, after), first)
      },
    },
    Mutation: {
      addBook(_parent: unknown, { input }: { input: BookInput }, { caller }: Context) {
        demand(caller, ADMIN)
        return books.add(input)
      },
    },
  }
}

/** One book more was read than the page holds: it tells whether others follow. */
function connectionOf(read: readonly Book[], first: number) {
  const nodes = read.slice(0, first)
  return {
    edges: nodes.map((node) => ({ cursor: node.id, node })),
    pageInfo: { hasNextPage: read.length > first, endCursor: nodes.at(-1)?.id ?? null },
  }
}
