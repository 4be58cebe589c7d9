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

export type BookOrder =
  | 'ID'
  | 'NEWEST'
  | 'TITLE';

export type BookPageQueryVariables = Exact<{
  filter?: BookFilter | null | undefined;
  orderBy: BookOrder;
  first?: number | null | undefined;
  after?: string | number | null | undefined;
  last?: number | null | undefined;
  before?: string | number | null | undefined;
}>;


export type BookPageQuery = { booksConnection: { totalCount: number, isTotalCountExact: boolean, edges: Array<{ node: { id: string, title: string, author: string, cost: number, numPages: number } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type OneBookQueryVariables = Exact<{
  id: string | number;
}>;


export type OneBookQuery = { book: { id: string, title: string, author: string, cost: number, numPages: number } | null };

export type AddBookMutationVariables = Exact<{
  input: AddBookInput;
}>;


export type AddBookMutation = { addBook: { id: string } };

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

export const BookPageDocument = new TypedDocumentString(`
    query BookPage($filter: BookFilter, $orderBy: BookOrder!, $first: Int, $after: ID, $last: Int, $before: ID) {
  booksConnection(
    filter: $filter
    orderBy: $orderBy
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    totalCount
    isTotalCountExact
    edges {
      node {
        id
        title
        author
        cost
        numPages
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
  }
}
    `, {"requiredScopes":["fakebookapi.read"],"documentId":"sha256:b223d85792a06b8cceefd183e09d1f24dce7d2c91601a73b21e44f39fedc40c5"}) as unknown as TypedDocumentString<BookPageQuery, BookPageQueryVariables>;
export const OneBookDocument = new TypedDocumentString(`
    query OneBook($id: ID!) {
  book(id: $id) {
    id
    title
    author
    cost
    numPages
  }
}
    `, {"requiredScopes":["fakebookapi.read"],"documentId":"sha256:847aa72baba982c9f0fc816f83742d32af0e5cc4e8c6682a1acda47dfb06d087"}) as unknown as TypedDocumentString<OneBookQuery, OneBookQueryVariables>;
export const AddBookDocument = new TypedDocumentString(`
    mutation AddBook($input: AddBookInput!) {
  addBook(input: $input) {
    id
  }
}
    `, {"requiredScopes":["fakebookapi.admin"],"documentId":"sha256:ded0c4264419248e4e328b9eedab493e01b422f175df42d1449258f5177a2302"}) as unknown as TypedDocumentString<AddBookMutation, AddBookMutationVariables>;