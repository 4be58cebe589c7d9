import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ADMIN, type Caller, createRequireScope, type PeerErrors, READ } from './authenticate.ts'
import { openBookStore } from './book-store.ts'
import type { BookInput } from './first-books.ts'

/** The part of this project's schema that the rows query. */
export const typeDefs = readFileSync(join(import.meta.dirname, 'schema.graphql'), 'utf8')

export interface Context {
  readonly caller: Caller
}

interface PageArguments {
  readonly first: number
  readonly after?: string | null
}

/** Creates resolvers that check the scope first, as a server does without rules in its schema. */
export function createResolvers(errors: PeerErrors) {
  const books = openBookStore()
  const requireScope = createRequireScope(errors)
  return {
    Query: {
      book(_parent: unknown, { id }: { id: string }, { caller }: Context) {
        requireScope(caller, READ)
        return books.find(id)
      },
      books(_parent: unknown, { first, after }: PageArguments, { caller }: Context) {
        requireScope(caller, READ)
        return books.page(first, after)
      },
    },
    Mutation: {
      addBook(_parent: unknown, { input }: { input: BookInput }, { caller }: Context) {
        requireScope(caller, ADMIN)
        return books.add(input)
      },
    },
  }
}
