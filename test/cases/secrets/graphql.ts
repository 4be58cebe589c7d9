import {
  ADD_BOOK_MUTATION,
  BOOK_INPUT,
  getBytes,
  graphqlBytes,
  postBytes,
  READ_QUERY,
  type SecretCase,
  TYPENAME_QUERY,
  toGraphQLName,
} from './secret-case.ts'

/** What stands in GraphQL. Numbers are permanent. */
export const GRAPHQL_SECRETS: readonly SecretCase[] = [
  [
    'S14',
    'a token in place of a document',
    'api',
    400,
    (_, { token }) => [graphqlBytes({ query: token }), token],
  ],
  [
    'S15',
    'a token in a variable that must be a number',
    'api',
    400,
    (_, { token }) => [
      graphqlBytes(
        { query: 'query ($n: PositiveInt) { books(first: $n) { id } }', variables: { n: token } },
        token,
      ),
      token,
    ],
  ],
  [
    'S16',
    'a secret in a variable that is searched for',
    'api',
    200,
    (own, { token }) => [
      graphqlBytes(
        { query: 'query ($t: String) { books(filter: { title: $t }) { id } }', variables: { t: own } },
        token,
      ),
      own,
    ],
  ],
  [
    'S17',
    'an operationName that there is not',
    'api',
    400,
    (own) => [graphqlBytes({ ...TYPENAME_QUERY, operationName: own }), own],
  ],
  [
    'S18',
    'the name of an operation',
    'api',
    200,
    (own) => [graphqlBytes({ query: `query _${toGraphQLName(own)} { __typename }` }), toGraphQLName(own)],
  ],
  [
    'S19',
    'the name of a header',
    'api',
    200,
    (own) => [graphqlBytes(TYPENAME_QUERY, undefined, { [`x-${own}`]: '1' }), own],
  ],
  [
    'S20',
    'an API key in a header',
    'api',
    200,
    (own) => [graphqlBytes(TYPENAME_QUERY, undefined, { 'x-api-key': own }), own],
  ],
  [
    'S21',
    'a cookie',
    'api',
    200,
    (own) => [graphqlBytes(TYPENAME_QUERY, undefined, { cookie: `session=${own}` }), own],
  ],
  [
    'S22',
    'an Idempotency-Key',
    'api',
    403,
    (own, { token }) => [
      graphqlBytes({ query: ADD_BOOK_MUTATION, variables: { input: BOOK_INPUT } }, token, {
        'idempotency-key': own,
      }),
      own,
    ],
  ],
  [
    'S23',
    'an Idempotency-Key that is none',
    'api',
    400,
    (own, { token }) => [
      graphqlBytes(READ_QUERY, token, { 'idempotency-key': `${own} ${own}`.repeat(9) }),
      own,
    ],
  ],
  [
    'S24',
    'a string in a document that is refused',
    'api',
    403,
    (own, { token }) => [
      graphqlBytes(
        {
          query: `mutation { addBook(input: { title: "${own}", author: "b", cost: 1, numPages: 1 }) { id } }`,
        },
        token,
      ),
      own,
    ],
  ],
  [
    'S25',
    'a string in a document where a number belongs',
    'api',
    400,
    (own, { token }) => [graphqlBytes({ query: `{ books(first: "${own}") { id } }` }, token), own],
  ],
  [
    'S26',
    'an alias',
    'api',
    200,
    (own) => [graphqlBytes({ query: `{ _${toGraphQLName(own)}: __typename }` }), toGraphQLName(own)],
  ],
  [
    'S27',
    'a field that there is not',
    'api',
    400,
    (own) => [graphqlBytes({ query: `{ _${toGraphQLName(own)} }` }), toGraphQLName(own)],
  ],
  [
    'S28',
    'a directive that there is not',
    'api',
    400,
    (own) => [graphqlBytes({ query: `{ __typename @_${toGraphQLName(own)} }` }), toGraphQLName(own)],
  ],
  [
    'S29',
    'a body that is not JSON',
    'api',
    400,
    (own) => [postBytes('/graphql', `{"password":"${own}"`), own],
  ],
  [
    'S30',
    'a hash that is none',
    'api',
    400,
    (own) => [
      graphqlBytes({ ...TYPENAME_QUERY, extensions: { persistedQuery: { version: 1, sha256Hash: own } } }),
      own,
    ],
  ],
  [
    'S31',
    'a document and its variables in the query',
    'api',
    400,
    (own) => [
      getBytes(`/graphql?query=${encodeURIComponent(`{ a(b: "${own}") }`)}&variables={"password":"${own}"}`, {
        accept: 'application/json',
        'content-type': 'application/json',
      }),
      own,
    ],
  ],
]
