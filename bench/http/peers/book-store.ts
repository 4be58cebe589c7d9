import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { type Book, type BookInput, FIRST_BOOKS } from './first-books.ts'

export interface BookStore {
  find(id: string): Book | null
  /** Returns books with ids above `after`, in the order of ids. */
  page(first: number, after?: string | null): Book[]
  /** @throws RangeError when the input is invalid */
  add(input: BookInput): Book
}

const COLUMNS = 'id, title, author, cents, pages'

/**
 * Opens a database with the first books: a new file BOOKS_FILE, as durable as this project's, or in memory. Costs are stored
 * in cents, as in this project.
 */
export function openBookStore(): BookStore {
  const database = new DatabaseSync(process.env.BOOKS_FILE ?? ':memory:')
  database.exec('pragma journal_mode = wal; pragma synchronous = full')
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
  const store: BookStore = {
    find(id) {
      const row = select.get(id)
      return row === undefined ? null : readBook(row)
    },
    page: (first, after) => selectPage.all(Number(after ?? 0), first).map(readBook),
    add({ title, author, cost, numPages }) {
      const isValid = title.trim() !== '' && author.trim() !== '' && cost >= 0 && numPages >= 1
      if (!isValid) throw new RangeError('the book is invalid')
      const row = insert.get(title.trim(), author.trim(), Math.round(cost * 100), numPages)
      return readBook(row as Record<string, SQLOutputValue>)
    },
  }
  for (const book of FIRST_BOOKS) store.add(book)
  return store
}

function readBook(row: Record<string, SQLOutputValue>): Book {
  return {
    id: String(row.id),
    title: String(row.title),
    author: String(row.author),
    cost: Number(row.cents) / 100,
    numPages: Number(row.pages),
  }
}
