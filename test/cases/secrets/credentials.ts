import { asked, basic, bearer, form, get, post, READ, type Secret } from './secret-case.ts'

/** Who somebody is, in all the places where it is sent. Numbers are permanent. */
export const CREDENTIALS: readonly Secret[] = [
  ['S01', 'a token that is accepted', 'api', 200, (_, { token }) => [asked(READ, token), token]],
  ['S02', 'a token that is refused', 'api', 401, (_, { refused }) => [asked(READ, refused), refused]],
  ['S03', 'a token at a REST path', 'api', 200, (_, { token }) => [get('/books/1', bearer(token)), token]],
  [
    'S04',
    'a bound token and its proof',
    'api',
    200,
    (_, { bound, proof }) => [get('/books/1', { authorization: `DPoP ${bound}`, dpop: proof }), bound, proof],
  ],
  [
    'S05',
    'a proof for another path',
    'api',
    401,
    (_, { bound, proof }) => [get('/books/2', { authorization: `DPoP ${bound}`, dpop: proof }), bound, proof],
  ],
  [
    'S06',
    'a client’s secret as Basic',
    'api',
    401,
    (own) => [asked(READ, undefined, { authorization: basic(own) }), own, basic(own).slice(6)],
  ],
  [
    'S07',
    'two Authorization headers',
    'api',
    400,
    (own, { token }) => [
      asked(READ, token).replace('\r\n', `\r\nAuthorization: Bearer ${own}\r\n`),
      own,
      token,
    ],
  ],
  [
    'S08',
    'Authorization in odd case',
    'api',
    200,
    (_, { token }) => [asked(READ, undefined, { aUtHoRiZaTiOn: `bEaReR ${token}` }), token],
  ],
  [
    'S09',
    'a token without a scheme',
    'api',
    401,
    (own) => [asked(READ, undefined, { authorization: own }), own],
  ],
  [
    'S10',
    'a token in the query',
    'api',
    400,
    (_, { token }) => [post(`/graphql?access_token=${token}`, JSON.stringify(READ)), token],
  ],
  ['S11', 'a token as a path', 'api', 404, (_, { token }) => [get(`/${token}`), token]],
  [
    'S12',
    'a token as a path, percent-encoded',
    'api',
    404,
    (_, { token }) => [get(`/x/%65${token.slice(1).replaceAll('.', '%2E')}`), token, token.slice(40, 80)],
  ],
  [
    'S13',
    'a token in a form',
    'api',
    400,
    (_, { token }) => [form('/graphql', { access_token: token }), token],
  ],
]
