import {
  basicAuthorization,
  bearerHeader,
  formBytes,
  getBytes,
  graphqlBytes,
  postBytes,
  READ_QUERY,
  type SecretCase,
} from './secret-case.ts'

/** Secrets in credentials, at every place where a request can carry them. */
export const CREDENTIAL_SECRETS: readonly SecretCase[] = [
  {
    id: 'secrets/S01',
    title: 'an accepted token',
    server: 'api',
    status: 200,
    createRequest: (_, { token }) => ({ bytes: graphqlBytes(READ_QUERY, token), secrets: [token] }),
  },
  {
    id: 'secrets/S02',
    title: 'a rejected token',
    server: 'api',
    status: 401,
    createRequest: (_, { invalidToken }) => ({
      bytes: graphqlBytes(READ_QUERY, invalidToken),
      secrets: [invalidToken],
    }),
  },
  {
    id: 'secrets/S03',
    title: 'a token sent to a REST path',
    server: 'api',
    status: 200,
    createRequest: (_, { token }) => ({ bytes: getBytes('/books/1', bearerHeader(token)), secrets: [token] }),
  },
  {
    id: 'secrets/S04',
    title: 'a bound token and its DPoP proof',
    server: 'api',
    status: 200,
    createRequest: (_, { boundToken, proof }) => ({
      bytes: getBytes('/books/1', { authorization: `DPoP ${boundToken}`, dpop: proof }),
      secrets: [boundToken, proof],
    }),
  },
  {
    id: 'secrets/S05',
    title: 'a DPoP proof for another path',
    server: 'api',
    status: 401,
    createRequest: (_, { boundToken, proof }) => ({
      bytes: getBytes('/books/2', { authorization: `DPoP ${boundToken}`, dpop: proof }),
      secrets: [boundToken, proof],
    }),
  },
  {
    id: 'secrets/S06',
    title: 'a client secret sent as Basic credentials',
    server: 'api',
    status: 401,
    createRequest: (secret) => ({
      bytes: graphqlBytes(READ_QUERY, undefined, { authorization: basicAuthorization(secret) }),
      secrets: [secret, basicAuthorization(secret).slice(6)],
    }),
  },
  {
    id: 'secrets/S07',
    title: 'the tokens of two Authorization headers',
    server: 'api',
    status: 400,
    createRequest: (secret, { token }) => ({
      bytes: graphqlBytes(READ_QUERY, token).replace('\r\n', `\r\nAuthorization: Bearer ${secret}\r\n`),
      secrets: [secret, token],
    }),
  },
  {
    id: 'secrets/S08',
    title: 'a token in a header of mixed case',
    server: 'api',
    status: 200,
    createRequest: (_, { token }) => ({
      bytes: graphqlBytes(READ_QUERY, undefined, { aUtHoRiZaTiOn: `bEaReR ${token}` }),
      secrets: [token],
    }),
  },
  {
    id: 'secrets/S09',
    title: 'a token without a scheme',
    server: 'api',
    status: 401,
    createRequest: (secret) => ({
      bytes: graphqlBytes(READ_QUERY, undefined, { authorization: secret }),
      secrets: [secret],
    }),
  },
  {
    id: 'secrets/S10',
    title: 'a token in the query string',
    server: 'api',
    status: 400,
    createRequest: (_, { token }) => ({
      bytes: postBytes(`/graphql?access_token=${token}`, JSON.stringify(READ_QUERY)),
      secrets: [token],
    }),
  },
  {
    id: 'secrets/S11',
    title: 'a token as the path',
    server: 'api',
    status: 404,
    createRequest: (_, { token }) => ({ bytes: getBytes(`/${token}`), secrets: [token] }),
  },
  {
    id: 'secrets/S12',
    title: 'a percent-encoded token as the path',
    server: 'api',
    status: 404,
    createRequest: (_, { token }) => ({
      bytes: getBytes(`/x/%65${token.slice(1).replaceAll('.', '%2E')}`),
      secrets: [token, token.slice(40, 80)],
    }),
  },
  {
    id: 'secrets/S13',
    title: 'a token in a form',
    server: 'api',
    status: 400,
    createRequest: (_, { token }) => ({
      bytes: formBytes('/graphql', { access_token: token }),
      secrets: [token],
    }),
  },
]
