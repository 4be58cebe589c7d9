// Requests that are rejected for their credentials before their body has arrived.

type EarlyRejection = {
  readonly id: string
  readonly title: string
  readonly path: string
  readonly headers: readonly string[]
  readonly status: number
  readonly challenge: RegExp
}

export const EARLY_REJECTIONS: readonly EarlyRejection[] = [
  {
    id: 'routes/E01',
    title: 'no token at a REST route that requires one',
    path: '/books',
    headers: [],
    status: 401,
    challenge: /^Bearer scope="fakebookapi.admin", resource_metadata=/,
  },
  {
    id: 'routes/E02',
    title: 'another scheme at a REST route that requires a token',
    path: '/books',
    headers: ['Authorization: Basic YTpi'],
    status: 401,
    challenge: /^Bearer scope="fakebookapi.admin"/,
  },
  {
    id: 'routes/E03',
    title: 'two Authorization headers',
    path: '/graphql',
    headers: ['Authorization: Bearer a.b.c', 'Authorization: Bearer a.b.c'],
    status: 400,
    challenge: /^Bearer error="invalid_request"/,
  },
  {
    id: 'routes/E04',
    title: 'a scheme without a token',
    path: '/graphql',
    headers: ['Authorization: Bearer'],
    status: 400,
    challenge: /^Bearer error="invalid_request"/,
  },
  {
    id: 'routes/E05',
    title: 'two tokens in one header',
    path: '/books',
    headers: ['Authorization: DPoP a.b.c d.e.f'],
    status: 400,
    challenge: /^DPoP error="invalid_request"/,
  },
  {
    id: 'routes/E06',
    title: 'a token in the query string',
    path: '/graphql?access_token=a.b.c',
    headers: [],
    status: 400,
    challenge: /^Bearer error="invalid_request"/,
  },
]
