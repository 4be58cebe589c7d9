import { DatabaseSync } from 'node:sqlite'

/** What every peer serves: the part of our schema that the requests of the bench ask for. */
export const typeDefs = `
  type Book {
    id: ID!
    title: String!
    author: String!
    cost: Float!
    numPages: Int!
  }

  type Query {
    book(id: ID!): Book
  }
`

export interface Book {
  readonly id: string
  readonly title: string
  readonly author: string
  readonly cost: number
  readonly numPages: number
}

const rows: readonly (readonly [number, string, string, number, number])[] = [
  [1, 'And Then There Were None', 'Agatha Christie', 799, 300],
  [2, 'The Hound of the Baskervilles', 'Arthur Conan Doyle', 699, 256],
  [3, 'The Moonstone', 'Wilkie Collins', 899, 528],
  [4, 'The Big Sleep', 'Raymond Chandler', 1099, 231],
  [5, 'Gaudy Night', 'Dorothy L. Sayers', 1199, 557],
]

/**
 * Opens a database in memory with five books and returns the lookup by id, over one prepared statement.
 * Cost is kept in cents, as ours is, and given in the currency's unit. An unknown id gives null.
 */
export function openBooks(): (id: string) => Book | null {
  const database = new DatabaseSync(':memory:')
  database.exec(
    `create table book (id integer primary key, title text not null, author text not null,
      cents integer not null, pages integer not null)`,
  )
  const insert = database.prepare('insert into book values (?, ?, ?, ?, ?)')
  for (const row of rows) insert.run(...row)
  const select = database.prepare('select id, title, author, cents, pages from book where id = ?')

  return function bookById(id) {
    const row = select.get(id)
    if (row === undefined) return null
    return {
      id: String(row.id),
      title: String(row.title),
      author: String(row.author),
      cost: Number(row.cents) / 100,
      numPages: Number(row.pages),
    }
  }
}
