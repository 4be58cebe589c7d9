/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AddBookInput = {
  author: string;
  cost: number;
  id?: string | number | null | undefined;
  idempotencyKey?: string | null | undefined;
  numPages: number;
  title: string;
};

export type BookFilter = {
  author?: string | null | undefined;
  authorWords?: string | null | undefined;
  title?: string | null | undefined;
};

export type ListBooksQueryVariables = Exact<{
  filter?: BookFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | number | null | undefined;
}>;


export type ListBooksQuery = { books: Array<{ id: string, title: string, author: string, cost: number, numPages: number }> };

export type AddBookMutationVariables = Exact<{
  input: AddBookInput;
}>;


export type AddBookMutation = { addBook: { id: string, title: string, author: string, cost: number, numPages: number } };

export type AddBooksMutationVariables = Exact<{
  inputs: Array<AddBookInput> | AddBookInput;
}>;


export type AddBooksMutation = { addBooks: Array<{ id: string }> };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const ListBooksDocument = new TypedDocumentString(`
    query ListBooks($filter: BookFilter, $first: Int, $after: ID) {
  books(filter: $filter, first: $first, after: $after) {
    id
    title
    author
    cost
    numPages
  }
}
    `, {"requiredScopes":["fakebookapi.read"],"documentId":"sha256:b69ae268de7490cd55e64f306430f5c139965f4f2a123bb5654ee4117896660e"}) as unknown as TypedDocumentString<ListBooksQuery, ListBooksQueryVariables>;
export const AddBookDocument = new TypedDocumentString(`
    mutation AddBook($input: AddBookInput!) {
  addBook(input: $input) {
    id
    title
    author
    cost
    numPages
  }
}
    `, {"requiredScopes":["fakebookapi.admin"],"documentId":"sha256:08a5994f07a893644d4a375d34fcb6b3f2d8e5ab2e24bbf23e0dea9b9c11374d"}) as unknown as TypedDocumentString<AddBookMutation, AddBookMutationVariables>;
export const AddBooksDocument = new TypedDocumentString(`
    mutation AddBooks($inputs: [AddBookInput!]!) {
  addBooks(inputs: $inputs) {
    id
  }
}
    `, {"requiredScopes":["fakebookapi.admin"],"documentId":"sha256:deb237754a7e3e0c804a0312abb57b76a0260fccbe7d7054437a208b31f30479"}) as unknown as TypedDocumentString<AddBooksMutation, AddBooksMutationVariables>;