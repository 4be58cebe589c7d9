/** The expected failures of a page, with what the user sees. */
export const PAGE_ERRORS = {
  signedOut: {
    status: 401,
    title: 'You were signed out',
    message: 'Your session has ended. Sign in again to continue.',
  },
  unknownSignIn: {
    status: 400,
    title: 'This sign-in was not started here',
    message:
      'It was started in another browser, has expired, or was already completed. No session was started. Sign in again.',
  },
  invalidSignInResponse: {
    status: 400,
    title: 'The sign-in could not be completed',
    message:
      'The response of the authorization server does not match the request. No session was started. Sign in again.',
  },
  signInDenied: {
    status: 403,
    title: 'Sign-in denied',
    message:
      'The authorization server denied this sign-in. Your account may not be assigned to this application.',
  },
  csrfRejected: {
    status: 403,
    title: 'This form has expired',
    message:
      'It does not belong to your current session, so nothing was changed. Open the page again and resubmit the form.',
  },
  accountMismatch: {
    status: 403,
    title: 'You signed in with another account',
    message:
      'The permission was granted to a different account than the one signed in here, so nothing was added.',
  },
  readForbidden: {
    status: 403,
    title: 'Your account cannot read the books',
    message: 'It lacks the permission to read them. Ask your administrator for access.',
  },
  notFound: {
    status: 404,
    title: 'Page not found',
    message: 'The page may have moved, or the address may be mistyped.',
  },
  badRequest: {
    status: 400,
    title: 'Invalid request',
    message: 'The address or the form contains an invalid value.',
  },
  tokenRejected: {
    status: 502,
    title: 'Your access token was rejected',
    message:
      'A newly issued token was rejected. The settings of this application, the API and the authorization server may not match.',
  },
  apiUnavailable: {
    status: 503,
    title: 'The books are unavailable',
    message: 'The API is not responding. You are still signed in. Try again in a moment.',
  },
  issuerUnavailable: {
    status: 503,
    title: 'Sign-in is unavailable',
    message:
      'The authorization server is not responding. If you are signed in, you stay signed in. Try again in a moment.',
  },
  overloaded: {
    status: 503,
    title: 'FakeBook is overloaded',
    message: 'It is serving too many requests. Try again in a moment.',
  },
  storageUnavailable: {
    status: 503,
    title: 'FakeBook is unavailable',
    message: 'Its database is not responding. Try again in a moment.',
  },
  internalError: {
    status: 500,
    title: 'Something went wrong',
    message: 'The error was logged. Try again.',
  },
} as const satisfies Record<string, { status: number; title: string; message: string }>

export type PageErrorKind = keyof typeof PAGE_ERRORS

/** An expected failure of a page. `cause` is logged and never shown. */
export class PageError extends Error {
  override readonly name = 'PageError'
  readonly kind: PageErrorKind

  constructor(kind: PageErrorKind, cause?: unknown) {
    super(PAGE_ERRORS[kind].title, { cause })
    this.kind = kind
  }
}
