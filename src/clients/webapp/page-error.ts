/** Every way in which a page can fail on purpose: what is told, with which status. */
const KINDS = {
  signedOut: [
    401,
    'You were signed out',
    'This sign-in has ended, here or elsewhere. Sign in again to go on.',
  ],
  unknownSignIn: [
    400,
    'This sign-in was not started here',
    'Either it was begun in another browser or long ago, or it is over already. Nobody was signed in by it.',
  ],
  invalidSignInResponse: [
    400,
    'This sign-in did not add up',
    'What came back is not what was asked for, so nobody was signed in. Please start again.',
  ],
  signInDenied: [
    403,
    'You were not signed in',
    'The authorization server did not let this sign-in through. Your account may not be assigned to this application.',
  ],
  csrfRejected: [
    403,
    'This form is out of date',
    'It did not come from a page of this session, so nothing was done. Open the page again, and send it from there.',
  ],
  accountMismatch: [
    403,
    'You came back as somebody else',
    'The permission was given by another account than the one that is signed in here, so nothing was added.',
  ],
  readForbidden: [
    403,
    'Your account may not see the books',
    'It lacks the right to read them. Ask whoever looks after accounts.',
  ],
  notFound: [404, 'There is nothing here', 'The page may have moved, or the address has a slip in it.'],
  badRequest: [
    400,
    'That cannot be answered',
    'There is something in the address or the form that does not fit.',
  ],
  tokenRejected: [
    502,
    'This sign-in is not accepted',
    'A token that was just issued was refused: the settings of this application and of the servers do not fit together.',
  ],
  apiUnavailable: [
    503,
    'The books are out of reach',
    'The API does not answer just now. You are still signed in.',
  ],
  issuerUnavailable: [
    503,
    'Nobody can be signed in just now',
    'The authorization server does not answer. Whoever is signed in stays so.',
  ],
  storageUnavailable: [
    503,
    'Nothing can be looked up just now',
    'The storage of this application does not answer.',
  ],
  internalError: [500, 'Something went wrong on our side', 'It has been written down. Please try again.'],
} as const satisfies Record<string, readonly [status: number, title: string, words: string]>

export type PageErrorKind = keyof typeof KINDS

/** How long whoever finds a part away should wait. */
export const RETRY_AFTER_SECONDS = 5

/** A page that cannot be shown; `cause` is for the log. */
export class PageError extends Error {
  readonly kind: PageErrorKind

  constructor(kind: PageErrorKind, cause?: unknown) {
    super(KINDS[kind][1], { cause })
    this.name = 'PageError'
    this.kind = kind
  }
}

/** What a person is told of it. */
export function describePageError(kind: PageErrorKind): { status: number; title: string; message: string } {
  const [status, title, words] = KINDS[kind]
  return { status, title, message: words }
}
