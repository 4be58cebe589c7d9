import { execute } from './api'
import { graphql } from './gql'
import type { AddBookInput } from './gql/graphql'

const BOOKS = graphql(`
  query Books($first: Int, $after: ID) {
    books(first: $first, after: $after) {
      id
      title
      author
      cost
      numPages
    }
  }
`)

const ADDITION = graphql(`
  query Addition($id: ID!) {
    book(id: $id) {
      title
      addedBy
      addedAt
    }
  }
`)

const ADD_BOOK = graphql(`
  mutation AddBook($input: AddBookInput!) {
    addBook(input: $input) {
      id
      title
    }
  }
`)

/** Lists all books, one page after the other. */
export async function listBooks(token: string, pageSize: number) {
  const books = []
  for (let after: string | undefined; ; ) {
    const page = (await execute(BOOKS, { first: pageSize, after }, token)).books
    books.push(...page)
    if (page.length < pageSize) return books
    after = page.at(-1)?.id
  }
}

/** Finds who added a book, and when. These fields require the scope fakebookapi.admin. */
export async function findAddition(token: string, id: string) {
  return (await execute(ADDITION, { id }, token)).book
}

/** Adds a book. The same key and book again return the book that was added first. */
export async function addBook(token: string, input: AddBookInput, idempotencyKey: string) {
  return (await execute(ADD_BOOK, { input }, token, idempotencyKey)).addBook
}
