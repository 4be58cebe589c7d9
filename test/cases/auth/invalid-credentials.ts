type InvalidCredentialsCase = {
  readonly id: string
  readonly title: string
  readonly authorization?: string
  /** The query string. */
  readonly search?: string
  readonly status: number
  /** The challenge's error, absent if there are no usable credentials. */
  readonly error?: string
  readonly code: string
}

/** Missing credentials and wrong ways to send them. The ids are permanent. */
export const INVALID_CREDENTIALS: readonly InvalidCredentialsCase[] = [
  { id: 'auth/T01', title: 'no credentials', status: 401, code: 'UNAUTHENTICATED' },
  {
    id: 'auth/T02a',
    title: 'Basic',
    authorization: 'Basic abc',
    status: 401,
    code: 'UNAUTHENTICATED',
  },
  {
    id: 'auth/T02b',
    title: 'a scheme that starts with Bearer',
    authorization: 'BearerX abc',
    status: 401,
    code: 'UNAUTHENTICATED',
  },
  {
    id: 'auth/T02c',
    title: 'a scheme named like an inherited property',
    authorization: 'constructor a.b.c',
    status: 401,
    code: 'UNAUTHENTICATED',
  },
  {
    id: 'auth/T02d',
    title: 'another inherited property',
    authorization: '__proto__ a.b.c',
    status: 401,
    code: 'UNAUTHENTICATED',
  },
  {
    id: 'auth/T03a',
    title: 'an empty token',
    authorization: 'Bearer ',
    status: 400,
    error: 'invalid_request',
    code: 'BAD_REQUEST',
  },
  {
    id: 'auth/T03b',
    title: 'two tokens',
    authorization: 'Bearer a.b.c d.e.f',
    status: 400,
    error: 'invalid_request',
    code: 'BAD_REQUEST',
  },
  {
    id: 'auth/T03c',
    title: 'two tokens separated by a comma',
    authorization: 'Bearer a.b.c, Bearer d.e.f',
    status: 400,
    error: 'invalid_request',
    code: 'BAD_REQUEST',
  },
  {
    id: 'auth/T03d',
    title: 'the scheme alone',
    authorization: 'bearer',
    status: 400,
    error: 'invalid_request',
    code: 'BAD_REQUEST',
  },
  {
    id: 'auth/T03e',
    title: 'an empty header',
    authorization: '',
    status: 400,
    error: 'invalid_request',
    code: 'BAD_REQUEST',
  },
  {
    id: 'auth/T03f',
    title: 'a tab after the scheme',
    authorization: 'Bearer\ta.b.c',
    status: 400,
    error: 'invalid_request',
    code: 'BAD_REQUEST',
  },
  {
    id: 'auth/T03g',
    title: 'DPoP without a token',
    authorization: 'DPoP',
    status: 400,
    error: 'invalid_request',
    code: 'BAD_REQUEST',
  },
  {
    id: 'auth/T05a',
    title: 'a token in the query string',
    search: '?access_token=a.b.c',
    status: 400,
    error: 'invalid_request',
    code: 'BAD_REQUEST',
  },
  {
    id: 'auth/T05b',
    title: 'a token in the query string and the header',
    authorization: 'Bearer a.b.c',
    search: '?access_token=a',
    status: 400,
    error: 'invalid_request',
    code: 'BAD_REQUEST',
  },
  {
    id: 'auth/T05c',
    title: 'a percent-encoded parameter in the query string',
    search: '?acces%73_token=',
    status: 400,
    error: 'invalid_request',
    code: 'BAD_REQUEST',
  },
]
