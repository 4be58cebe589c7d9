import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { type Book, type BookInput, firstBooks } from '../books.ts'

/** Where a peer keeps its books. Ids are whole numbers, as text. */
export interface Books {
  find(id: string): Book | null
  /** Up to so many books with ids above `after`, in their order. */
  page(first: number, after?: string | null): Book[]
  /** Keeps a book under the next free id. Throws a RangeError where it is not one. */
  add(input: BookInput): Book
}

const COLUMNS = 'id, title, author, cents, pages'

/**
 * Opens a database in memory with the first books; every statement is prepared once.
 * Cost is kept in cents, as ours is, and given in the currency's unit.
 */
export function openBooks(): Books {
  const database = new DatabaseSync(':memory:')
  database.exec(
    `create table book (id integer primary key, title text not null, author text not null,
      cents integer not null, pages integer not null);
     create index book_by_author on book (author, id)`,
  )
  const select = database.prepare(`select ${COLUMNS} from book where id = ?`)
  const selectPage = database.prepare(`select ${COLUMNS} from book where id > ? order by id limit ?`)
  const insert = database.prepare(
    `insert into book (title, author, cents, pages) values (?, ?, ?, ?) returning ${COLUMNS}`,
  )
  const books: Books = {
    find(id) {
      const row = select.get(id)
      return row === undefined ? null : bookOf(row)
    },
    page: (first, after) => selectPage.all(Number(after ?? 0), first).map(bookOf),
    add(input) {
      const { title, author, cost, numPages } = checked(input)
      const row = insert.get(title, author, Math.round(cost * 100), numPages)
      if (row === undefined) throw new Error('The database kept no book')
      return bookOf(row)
    },
  }
  for (const book of firstBooks) books.add(book)
  return books
}

/** The same rules as ours has for what clients send. */
function checked(input: BookInput): BookInput {
  const title = textOf(input.title, 'title')
  const author = textOf(input.author, 'author')
  const { cost, numPages } = input
  if (!/^\d+(\.\d{1,2})?$/.test(String(cost)) || cost > 1_000_000) throw new RangeError('cost is no price')
  if (numPages < 1 || numPages > 100_000) throw new RangeError('numPages is no number of pages')
  return { title, author, cost, numPages }
}

function textOf(text: string, name: string): string {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed.length > 500) throw new RangeError(`${name} has 1 to 500 characters`)
  return trimmed
}

function bookOf(row: Record<string, SQLOutputValue>): Book {
  return {
    id: String(row.id),
    title: String(row.title),
    author: String(row.author),
    cost: Number(row.cents) / 100,
    numPages: Number(row.pages),
  }
}
