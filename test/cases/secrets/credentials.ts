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

/** Who somebody is, in all the places where it is sent. Numbers are permanent. */
export const CREDENTIAL_SECRETS: readonly SecretCase[] = [
  ['S01', 'a token that is accepted', 'api', 200, (_, { token }) => [graphqlBytes(READ_QUERY, token), token]],
  [
    'S02',
    'a token that is refused',
    'api',
    401,
    (_, { invalidToken }) => [graphqlBytes(READ_QUERY, invalidToken), invalidToken],
  ],
  [
    'S03',
    'a token at a REST path',
    'api',
    200,
    (_, { token }) => [getBytes('/books/1', bearerHeader(token)), token],
  ],
  [
    'S04',
    'a bound token and its proof',
    'api',
    200,
    (_, { boundToken, proof }) => [
      getBytes('/books/1', { authorization: `DPoP ${boundToken}`, dpop: proof }),
      boundToken,
      proof,
    ],
  ],
  [
    'S05',
    'a proof for another path',
    'api',
    401,
    (_, { boundToken, proof }) => [
      getBytes('/books/2', { authorization: `DPoP ${boundToken}`, dpop: proof }),
      boundToken,
      proof,
    ],
  ],
  [
    'S06',
    'a client’s secret as Basic',
    'api',
    401,
    (own) => [
      graphqlBytes(READ_QUERY, undefined, { authorization: basicAuthorization(own) }),
      own,
      basicAuthorization(own).slice(6),
    ],
  ],
  [
    'S07',
    'two Authorization headers',
    'api',
    400,
    (own, { token }) => [
      graphqlBytes(READ_QUERY, token).replace('\r\n', `\r\nAuthorization: Bearer ${own}\r\n`),
      own,
      token,
    ],
  ],
  [
    'S08',
    'Authorization in odd case',
    'api',
    200,
    (_, { token }) => [graphqlBytes(READ_QUERY, undefined, { aUtHoRiZaTiOn: `bEaReR ${token}` }), token],
  ],
  [
    'S09',
    'a token without a scheme',
    'api',
    401,
    (own) => [graphqlBytes(READ_QUERY, undefined, { authorization: own }), own],
  ],
  [
    'S10',
    'a token in the query',
    'api',
    400,
    (_, { token }) => [postBytes(`/graphql?access_token=${token}`, JSON.stringify(READ_QUERY)), token],
  ],
  ['S11', 'a token as a path', 'api', 404, (_, { token }) => [getBytes(`/${token}`), token]],
  [
    'S12',
    'a token as a path, percent-encoded',
    'api',
    404,
    (_, { token }) => [
      getBytes(`/x/%65${token.slice(1).replaceAll('.', '%2E')}`),
      token,
      token.slice(40, 80),
    ],
  ],
  [
    'S13',
    'a token in a form',
    'api',
    400,
    (_, { token }) => [formBytes('/graphql', { access_token: token }), token],
  ],
]
