export type Sender =
  | 'job'
  | 'another client'
  | 'another user of the client'
  | 'a reader'
  | 'the client itself'
  | 'a subject with the name of the client'
  | 'another subject without a client'
  | 'a subject with the text of the job as its name'
  | 'a client and a subject that read like the job'
  | 'a very long subject'
  | 'a subject that differs in its last character'
/** A request body; each case has an author of its own, so that its books can be counted. */
type Body = { readonly url: '/graphql' | '/books'; readonly json: (author: string) => unknown }
/** A request, and its expected response. */
type Step = {
  readonly sender: Sender
  /** The Idempotency-Key. */
  readonly key?: string
  readonly body: Body
  readonly status: number
  /** The code of the error. */
  readonly code?: string
}

/** A sequence of requests. */
export type IdempotencyCase = {
  readonly id: string
  readonly title: string
  readonly steps: readonly Step[]
  /** The number of books after all steps. */
  readonly bookCount: number
  /** The number of different successful responses. */
  readonly answerCount: number
}

const input = (author: string, title: string, more = '') =>
  `{ title: "${title}", author: "${author}", cost: 7.99, numPages: 3${more} }`
const graphql = (source: (author: string) => string): Body => ({
  url: '/graphql',
  json: (author) => ({ query: source(author) }),
})
export const addBookBody = (title: string) =>
  graphql((author) => `mutation { addBook(input: ${input(author, title)}) { id } }`)
export const addBookWithVariablesBody = (variables: Readonly<Record<string, unknown>>): Body => ({
  url: '/graphql',
  json: (author) => ({
    query: 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }',
    variables: { input: { author, cost: 1, numPages: 1, ...variables } },
  }),
})
export const restAddBookBody = (title: string): Body => ({
  url: '/books',
  json: (author) => ({ title, author, cost: 7.99, num_pages: 3 }),
})
export const TWO_BOOKS_BODY = graphql(
  (author) =>
    `mutation { a: addBook(input: ${input(author, 'a')}) { id } b: addBook(input: ${input(author, 'a')}) { id } }`,
)
export const addBooksBody = (...books: readonly (readonly [title: string, key: string])[]) =>
  graphql((author) => {
    const inputs = books.map(([title, key]) => input(author, title, `, idempotencyKey: "${key}"`))
    return `mutation { addBooks(inputs: [${inputs.join(' ')}]) { id } }`
  })
/** One of two equal operations in one document. */
export const namedOperationBody = (operationName: 'A' | 'B'): Body => ({
  url: '/graphql',
  json: (author) => {
    const add = `{ addBook(input: ${input(author, 't')}) { id } }`
    return { query: `mutation A ${add} mutation B ${add}`, operationName }
  },
})
export const ALIASED_BOOK_BODY = graphql(
  (author) => `mutation { other: addBook(input: ${input(author, 't')}) { id } }`,
)
export const OTHER_SELECTION_BODY = graphql(
  (author) => `mutation { addBook(input: ${input(author, 't')}) { id title } }`,
)
export const ONE_ID_TAKEN_BODY = graphql(
  (author) =>
    `mutation { a: addBook(input: ${input(author, 'a')}) { id } b: addBook(input: ${input(author, 'b', ', id: 1')}) { id } }`,
)
export const READ_BODY = graphql((author) => `{ books(filter: { author: "${author}" }) { id } }`)
export const EMPTY_BATCH_BODY = graphql(() => 'mutation { addBooks(inputs: []) { id } }')

/** Sends the same request twice. */
export const sendTwice = (body: Body): readonly Step[] => [
  { sender: 'job', key: 'k', body, status: 200 },
  { sender: 'job', key: 'k', body, status: 200 },
]

/** Sends another request with the key of the first. */
export const reuseKey = (first: Body, other: Body): readonly Step[] => [
  { sender: 'job', key: 'k', body: first, status: 200 },
  { sender: 'job', key: 'k', body: other, status: 422, code: 'IDEMPOTENCY_MISMATCH' },
]
