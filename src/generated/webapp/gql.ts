/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query BookPage($filter: BookFilter, $first: PositiveInt, $after: ID) {\n  booksConnection(filter: $filter, first: $first, after: $after) {\n    edges {\n      node {\n        ...OnShelf\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\nquery OneBook($id: ID!) {\n  book(id: $id) {\n    ...OnShelf\n  }\n}\n\nmutation AddBook($input: AddBookInput!) {\n  addBook(input: $input) {\n    id\n  }\n}\n\nfragment OnShelf on Book {\n  id\n  title\n  author\n  cost\n  numPages\n}": typeof types.BookPageDocument,
};
const documents: Documents = {
    "query BookPage($filter: BookFilter, $first: PositiveInt, $after: ID) {\n  booksConnection(filter: $filter, first: $first, after: $after) {\n    edges {\n      node {\n        ...OnShelf\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\nquery OneBook($id: ID!) {\n  book(id: $id) {\n    ...OnShelf\n  }\n}\n\nmutation AddBook($input: AddBookInput!) {\n  addBook(input: $input) {\n    id\n  }\n}\n\nfragment OnShelf on Book {\n  id\n  title\n  author\n  cost\n  numPages\n}": types.BookPageDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query BookPage($filter: BookFilter, $first: PositiveInt, $after: ID) {\n  booksConnection(filter: $filter, first: $first, after: $after) {\n    edges {\n      node {\n        ...OnShelf\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\nquery OneBook($id: ID!) {\n  book(id: $id) {\n    ...OnShelf\n  }\n}\n\nmutation AddBook($input: AddBookInput!) {\n  addBook(input: $input) {\n    id\n  }\n}\n\nfragment OnShelf on Book {\n  id\n  title\n  author\n  cost\n  numPages\n}"): typeof import('./graphql.ts').BookPageDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
