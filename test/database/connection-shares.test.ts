import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { type BookRepository, createBookRepository } from '../../src/database/book-repository.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { describeEachDatabase } from '../support/databases.ts'

const author = 'Agatha Christie'
const page = { from: 'start', pageSize: 1 } as const

type Read = { readonly id: string; readonly title: string; readonly run: (books: BookRepository) => unknown }

const SHORT_READS: readonly Read[] = [
  { id: 'shares/R01', title: 'a book', run: (books) => books.find(1) },
  { id: 'shares/R02', title: 'a page', run: (books) => books.page({ ...page, criteria: {} }) },
  {
    id: 'shares/R04',
    title: 'a page of an author',
    run: (books) => books.page({ ...page, criteria: { author } }),
  },
  { id: 'shares/R05', title: 'a count', run: (books) => books.count({ author }, 10) },
  { id: 'shares/R06', title: 'a flag', run: (books) => books.exists({ author }, { from: 'end', before: 3 }) },
]

const SEARCHES: readonly Read[] = [
  {
    id: 'shares/S01',
    title: 'a search',
    run: (books) => books.page({ ...page, criteria: { title: 'the' } }),
  },
  {
    id: 'shares/S02',
    title: 'a search for an author',
    run: (books) => books.page({ ...page, criteria: { authorWords: 'agatha' } }),
  },
  {
    id: 'shares/S03',
    title: 'a search among the books of an author',
    run: (books) => books.page({ ...page, criteria: { author, title: 'the' } }),
  },
  {
    id: 'shares/S04',
    title: 'a page of an author by title',
    run: (books) => books.page({ ...page, order: 'TITLE', criteria: { author } }),
  },
  { id: 'shares/S05', title: 'the count of a search', run: (books) => books.count({ title: 'the' }, 10) },
  {
    id: 'shares/S06',
    title: 'the flag of a search',
    run: (books) => books.exists({ title: 'the' }, { from: 'start' }),
  },
  {
    id: 'shares/S07',
    title: 'a page by title',
    run: (books) => books.page({ ...page, order: 'TITLE', criteria: {} }),
  },
]

describeEachDatabase((newDatabase) => {
  describe('without connections for searches', () => {
    let database: Database
    let books: BookRepository
    beforeAll(async () => {
      database = await openDatabase(await newDatabase())
      books = createBookRepository(database)
      // Kysely connects with the first statement, also after it was destroyed.
      await sql`select 1`.execute(database.shares.searches)
      await database.shares.searches.destroy()
    })
    afterAll(() => database.destroy())

    test.each(SHORT_READS)('$id reads $title', async ({ run }) => {
      expect(await run(books)).toBeDefined()
    })

    test.each(SEARCHES)('$id rejects $title', async ({ run }) => {
      await expect(run(books)).rejects.toThrow()
    })
  })
})
