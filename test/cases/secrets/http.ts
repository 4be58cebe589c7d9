import {
  basicAuthorization,
  bearerHeader,
  formBytes,
  getBytes,
  graphqlBytes,
  ISSUER_PATH,
  postBytes,
  type SecretCase,
} from './secret-case.ts'

/** Secrets in REST calls, paths, headers and malformed HTTP, and in requests to the web app and the authorization server. */
export const HTTP_SECRETS: readonly SecretCase[] = [
  {
    id: 'secrets/S32',
    title: 'an unknown member of a REST body',
    server: 'api',
    status: 400,
    createRequest: (secret, { token }) => ({
      bytes: postBytes('/books', JSON.stringify({ [secret]: secret }), bearerHeader(token)),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S33',
    title: 'an unknown parameter of a REST call',
    server: 'api',
    status: 400,
    createRequest: (secret, { token }) => ({
      bytes: getBytes(`/books?${secret}=${secret}`, bearerHeader(token)),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S34',
    title: 'the id of a book',
    server: 'api',
    status: 404,
    createRequest: (secret, { token }) => ({
      bytes: getBytes(`/books/${secret}`, bearerHeader(token)),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S35',
    title: 'the query string of a health path',
    server: 'api',
    status: 200,
    createRequest: (secret) => ({ bytes: getBytes(`/readyz?token=${secret}`), secrets: [secret] }),
  },
  {
    id: 'secrets/S36',
    title: 'the query string and cookie of a scrape',
    server: 'api',
    status: 200,
    createRequest: (secret) => ({
      bytes: getBytes(`/metrics?key=${secret}`, { cookie: secret }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S37',
    title: 'a password in an absolute request target',
    server: 'api',
    status: 401,
    createRequest: (secret) => ({
      bytes: getBytes(`http://agatha:${secret}@localhost/books`),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S38',
    title: 'the Host header',
    server: 'api',
    status: 404,
    createRequest: (secret) => ({
      bytes: getBytes('/nothing', { host: `${secret}.example.com` }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S39',
    title: 'the Referer, User-Agent and Origin headers',
    server: 'api',
    status: 404,
    createRequest: (secret) => ({
      bytes: getBytes('/nothing', {
        referer: `https://x/?code=${secret}`,
        'user-agent': secret,
        origin: secret,
      }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S40',
    title: 'the request id and traceparent that a client sends',
    server: 'api',
    status: 404,
    createRequest: (secret) => ({
      bytes: getBytes('/nothing', { 'x-request-id': secret, 'request-id': secret, traceparent: secret }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S41',
    title: 'a content type',
    server: 'api',
    status: 415,
    createRequest: (secret) => ({
      bytes: postBytes('/graphql', '{}', { 'content-type': `text/${secret}` }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S42',
    title: 'the method of a malformed request',
    server: 'api',
    status: 400,
    createRequest: (secret) => ({ bytes: `${secret} / HTTP/1.1\r\n\r\n`, secrets: [secret] }),
  },
  {
    id: 'secrets/S43',
    title: 'headers that are too large',
    server: 'api',
    status: 431,
    createRequest: (secret) => ({
      bytes: getBytes('/', { 'x-secret': secret.repeat(500) }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S44',
    title: 'a private key in a variable',
    server: 'api',
    status: 400,
    createRequest: (_, { privateKey, token }) => ({
      bytes: graphqlBytes(
        { query: 'query ($id: ID!) { book(id: $id) { id } }', variables: { id: [{ privateKey }] } },
        token,
      ),
      secrets: [privateKey, JSON.stringify(privateKey).slice(1, -1), privateKey.split('\n')[1] ?? ''],
    }),
  },
  {
    id: 'secrets/S45',
    title: 'a code and a state sent to the web app',
    server: 'webapp',
    status: 200,
    createRequest: (secret) => ({
      bytes: getBytes(`/callback?code=${secret}&state=${secret}`),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S46',
    title: 'a session cookie sent to the web app',
    server: 'webapp',
    status: 303,
    createRequest: (secret) => ({
      bytes: getBytes('/books', { cookie: `fakebook=${secret}.${secret}` }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S47',
    title: 'a token in a path of the web app',
    server: 'webapp',
    status: 404,
    createRequest: (_, { token }) => ({
      bytes: getBytes(`/x/${token}?id_token=${token}`, bearerHeader(token)),
      secrets: [token],
    }),
  },
  {
    id: 'secrets/S48',
    title: 'a wrong client secret',
    server: 'authorization-server',
    status: 401,
    createRequest: (secret) => ({
      bytes: formBytes(
        `${ISSUER_PATH}/token`,
        { grant_type: 'client_credentials' },
        { authorization: basicAuthorization(secret) },
      ),
      secrets: [secret, basicAuthorization(secret).slice(6)],
    }),
  },
  {
    id: 'secrets/S49',
    title: 'a refresh token and a code',
    server: 'authorization-server',
    status: 401,
    createRequest: (secret) => ({
      bytes: formBytes(`${ISSUER_PATH}/token`, {
        grant_type: 'refresh_token',
        refresh_token: secret,
        code: secret,
        client_id: 'fakebook-webapp',
        client_secret: secret,
      }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S51',
    title: 'a client assertion',
    server: 'authorization-server',
    status: 401,
    createRequest: (_, { token }) => ({
      bytes: formBytes(`${ISSUER_PATH}/token`, {
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: token,
      }),
      secrets: [token],
    }),
  },
]
