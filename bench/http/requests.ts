export interface RequestRow {
  readonly name: string
  /** What the token of the request grants; without it no token is sent. */
  readonly scopes?: readonly string[]
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly expected: {
    readonly status: number
    /** Compared deeply with every server's answer; without it the servers' answers are not compared. */
    readonly body?: unknown
  }
  /** Names of the servers that are asked; without it, all. */
  readonly servers?: readonly string[]
}

/** What is asked. Each row is a table of the report. */
export const requests: readonly RequestRow[] = [
  {
    name: 'one book by id',
    scopes: ['fakebookapi.read'],
    query: 'query Book($id: ID!) { book(id: $id) { id title author cost numPages } }',
    variables: { id: '1' },
    expected: {
      status: 200,
      body: {
        data: {
          book: {
            id: '1',
            title: 'And Then There Were None',
            author: 'Agatha Christie',
            cost: 7.99,
            numPages: 300,
          },
        },
      },
    },
  },
]
