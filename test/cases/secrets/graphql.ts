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

/** Secrets in GraphQL requests. */
export const GRAPHQL_SECRETS: readonly SecretCase[] = [
  {
    id: 'secrets/S14',
    title: 'a token in place of a document',
    server: 'api',
    status: 400,
    createRequest: (_, { token }) => ({ bytes: graphqlBytes({ query: token }), secrets: [token] }),
  },
  {
    id: 'secrets/S15',
    title: 'a token in a numeric variable',
    server: 'api',
    status: 400,
    createRequest: (_, { token }) => ({
      bytes: graphqlBytes(
        { query: 'query ($n: Int) { books(first: $n) { id } }', variables: { n: token } },
        token,
      ),
      secrets: [token],
    }),
  },
  {
    id: 'secrets/S16',
    title: 'a secret in a search filter',
    server: 'api',
    status: 200,
    createRequest: (secret, { token }) => ({
      bytes: graphqlBytes(
        { query: 'query ($t: String) { books(filter: { title: $t }) { id } }', variables: { t: secret } },
        token,
      ),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S17',
    title: 'an unknown operationName',
    server: 'api',
    status: 400,
    createRequest: (secret) => ({
      bytes: graphqlBytes({ ...TYPENAME_QUERY, operationName: secret }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S18',
    title: 'the name of an operation',
    server: 'api',
    status: 200,
    createRequest: (secret) => ({
      bytes: graphqlBytes({ query: `query _${toGraphQLName(secret)} { __typename }` }),
      secrets: [toGraphQLName(secret)],
    }),
  },
  {
    id: 'secrets/S19',
    title: 'the name of a header',
    server: 'api',
    status: 200,
    createRequest: (secret) => ({
      bytes: graphqlBytes(TYPENAME_QUERY, undefined, { [`x-${secret}`]: '1' }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S20',
    title: 'an API key in a header',
    server: 'api',
    status: 200,
    createRequest: (secret) => ({
      bytes: graphqlBytes(TYPENAME_QUERY, undefined, { 'x-api-key': secret }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S21',
    title: 'a cookie',
    server: 'api',
    status: 200,
    createRequest: (secret) => ({
      bytes: graphqlBytes(TYPENAME_QUERY, undefined, { cookie: `session=${secret}` }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S22',
    title: 'an Idempotency-Key',
    server: 'api',
    status: 403,
    createRequest: (secret, { token }) => ({
      bytes: graphqlBytes({ query: ADD_BOOK_MUTATION, variables: { input: BOOK_INPUT } }, token, {
        'idempotency-key': secret,
      }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S23',
    title: 'an invalid Idempotency-Key',
    server: 'api',
    status: 400,
    createRequest: (secret, { token }) => ({
      bytes: graphqlBytes(READ_QUERY, token, { 'idempotency-key': `${secret} ${secret}`.repeat(9) }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S24',
    title: 'a string literal in a denied operation',
    server: 'api',
    status: 403,
    createRequest: (secret, { token }) => ({
      bytes: graphqlBytes(
        {
          query: `mutation { addBook(input: { title: "${secret}", author: "b", cost: 1, numPages: 1 }) { id } }`,
        },
        token,
      ),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S25',
    title: 'a string literal in place of a number',
    server: 'api',
    status: 400,
    createRequest: (secret, { token }) => ({
      bytes: graphqlBytes({ query: `{ books(first: "${secret}") { id } }` }, token),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S26',
    title: 'an alias',
    server: 'api',
    status: 200,
    createRequest: (secret) => ({
      bytes: graphqlBytes({ query: `{ _${toGraphQLName(secret)}: __typename }` }),
      secrets: [toGraphQLName(secret)],
    }),
  },
  {
    id: 'secrets/S27',
    title: 'the name of an unknown field',
    server: 'api',
    status: 400,
    createRequest: (secret) => ({
      bytes: graphqlBytes({ query: `{ _${toGraphQLName(secret)} }` }),
      secrets: [toGraphQLName(secret)],
    }),
  },
  {
    id: 'secrets/S28',
    title: 'the name of an unknown directive',
    server: 'api',
    status: 400,
    createRequest: (secret) => ({
      bytes: graphqlBytes({ query: `{ __typename @_${toGraphQLName(secret)} }` }),
      secrets: [toGraphQLName(secret)],
    }),
  },
  {
    id: 'secrets/S29',
    title: 'a body that is not JSON',
    server: 'api',
    status: 400,
    createRequest: (secret) => ({
      bytes: postBytes('/graphql', `{"password":"${secret}"`),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S30',
    title: 'an invalid hash of a persisted query',
    server: 'api',
    status: 400,
    createRequest: (secret) => ({
      bytes: graphqlBytes({
        ...TYPENAME_QUERY,
        extensions: { persistedQuery: { version: 1, sha256Hash: secret } },
      }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S31',
    title: 'a document and its variables in the query string',
    server: 'api',
    status: 400,
    createRequest: (secret) => ({
      bytes: getBytes(
        `/graphql?query=${encodeURIComponent(`{ a(b: "${secret}") }`)}&variables={"password":"${secret}"}`,
        {
          accept: 'application/json',
          'content-type': 'application/json',
        },
      ),
      secrets: [secret],
    }),
  },
]
