// JSON that is nested at the limit and one level deeper, wherever a client can send it. The limit of the test is 6.

const ADD = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'

type JsonDepthCase = {
  readonly id: string
  readonly title: string
  /** `GET` or `POST`, and the path. */
  readonly target: string
  /** Returns the body, or the query string, whose innermost lists are nested this deep. */
  readonly build: (levels: number) => string
  /** The innermost levels that are at the limit. */
  readonly levels: number
  /** The status at the limit. */
  readonly status: number
}

const nest = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const nestObjects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

/** Ids are permanent. */
export const JSON_DEPTH_CASES: readonly JsonDepthCase[] = [
  {
    id: 'json-depth/D01',
    title: 'variables of a mutation',
    target: 'POST /graphql',
    build: (levels) => `{"query":"${ADD}","variables":{"input":{"title":${nest(levels)}}}}`,
    levels: 3,
    status: 400,
  },
  {
    id: 'json-depth/D02',
    title: 'extensions',
    target: 'POST /graphql',
    build: (levels) => `{"query":"{ __typename }","extensions":${nestObjects(levels)}}`,
    levels: 5,
    status: 200,
  },
  {
    id: 'json-depth/D03',
    title: 'an unknown member',
    target: 'POST /graphql',
    build: (levels) => `{"query":"{ __typename }","other":[1,${nest(levels)}]}`,
    levels: 4,
    status: 200,
  },
  {
    id: 'json-depth/D04',
    title: 'a list in place of a request',
    target: 'POST /graphql',
    build: nest,
    levels: 6,
    status: 400,
  },
  {
    id: 'json-depth/D05',
    title: 'variables in a query string',
    target: 'GET /graphql',
    build: (levels) => `query={__typename}&variables={"a":${nest(levels)}}`,
    levels: 5,
    status: 200,
  },
  {
    id: 'json-depth/D06',
    title: 'extensions in a query string',
    target: 'GET /graphql',
    build: (levels) => `query={__typename}&extensions=${nestObjects(levels)}`,
    levels: 6,
    status: 200,
  },
  {
    id: 'json-depth/D07',
    title: 'a member of a book',
    target: 'POST /books',
    build: (levels) => `{"title":${nest(levels)},"author":"a","cost":1,"num_pages":1}`,
    levels: 5,
    status: 400,
  },
  {
    id: 'json-depth/D08',
    title: 'a list in place of a book',
    target: 'POST /books',
    build: nest,
    levels: 6,
    status: 400,
  },
]
