/** A request, and what must come of it. */
export interface Ask {
  readonly name: string
  /** What its token grants. */
  readonly scopes: readonly string[]
  readonly status: number
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** A request whose cost is watched; recorded.json knows it by its name. */
export interface Row extends Ask {
  /** How often it is asked before anything is counted. What is dear is asked less: all is to be over in seconds. */
  readonly warmUp: number
}

const READ = 'fakebookapi.read'
const ADMIN = 'fakebookapi.admin'
const FIELDS = 'id title author cost numPages'
/** Books of a page. */
const BOOKS = 100
const input = { title: 'A volume', author: 'Bench', cost: 9.99, numPages: 100 }

/** What is asked of the real server. */
export const rows: readonly Row[] = [
  {
    name: 'one book by id',
    scopes: [READ],
    warmUp: 2_500,
    status: 200,
    query: `query ($id: ID!) { book(id: $id) { ${FIELDS} } }`,
    variables: { id: '1' },
  },
  {
    name: 'refused for its scopes',
    scopes: [READ],
    warmUp: 2_500,
    status: 403,
    query: 'query ($id: ID!) { book(id: $id) { id addedBy } }',
    variables: { id: '1' },
  },
  {
    name: 'a page of 100 books',
    scopes: [READ],
    warmUp: 500,
    status: 200,
    query: `query ($first: PositiveInt!) { books(first: $first) { ${FIELDS} } }`,
    variables: { first: BOOKS },
  },
  {
    name: 'one book added',
    scopes: [ADMIN],
    warmUp: 2_500,
    status: 200,
    query: 'mutation ($input: AddBookInput!) { addBook(input: $input) { id title } }',
    variables: { input },
  },
]

/** Asked once, before all else: a new server has fewer books than a page holds. */
export const fill: Ask = {
  name: 'a page of books added',
  scopes: [ADMIN],
  status: 200,
  query: 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }',
  variables: { inputs: Array.from({ length: BOOKS }, () => input) },
}
