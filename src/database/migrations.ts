import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { DialectSql } from './dialect.ts'
import { joinWords, type WordColumn } from './search-words.ts'

const MAX_ID = sql.raw(String(Number.MAX_SAFE_INTEGER))

/**
 * Creates the migrations for a database. They run at start, in order; a released one is never edited. Since 009 the name is
 * all that an older release knows about one: it ends with `_additive` if releases without it can run with it, and otherwise
 * with the first release that can, as in `_needs_0_3`.
 */
export const createMigrations = (dialectSql: DialectSql): Record<string, Migration> => ({
  '001_books': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('books')
        .addColumn('id', dialectSql.integerType, (column) =>
          column.primaryKey().check(sql`id between 1 and ${MAX_ID}`),
        )
        .addColumn('title', 'text', (column) => column.notNull())
        .addColumn('author', 'text', (column) => column.notNull())
        .addColumn('cents', 'integer', (column) => column.notNull().check(sql`cents >= 0`))
        .addColumn('num_pages', 'integer', (column) => column.notNull().check(sql`num_pages > 0`))
        .addColumn('added_by', 'text', (column) => column.notNull())
        .addColumn('added_at', 'text', (column) => column.notNull())
        .execute()
      await db.schema.createIndex('books_by_author').on('books').columns(['author', 'id']).execute()
    },
  },
  '002_first_books': {
    async up(db: Kysely<unknown>) {
      const books = [
        { title: 'And Then There Were None', author: 'Agatha Christie', cents: 799, pages: 300 },
        { title: 'The Hound of the Baskervilles', author: 'Arthur Conan Doyle', cents: 649, pages: 256 },
        { title: 'Pride and Prejudice', author: 'Jane Austen', cents: 599, pages: 432 },
        { title: 'The Murder of Roger Ackroyd', author: 'Agatha Christie', cents: 850, pages: 288 },
        { title: 'The Moonstone', author: 'Wilkie Collins', cents: 925, pages: 528 },
      ]
      for (const [index, { title, author, cents, pages }] of books.entries())
        await sql`insert into books (id, title, author, cents, num_pages, added_by, added_at) values
          (${index + 1}, ${title}, ${author}, ${cents}, ${pages}, 'fakebook', '2026-01-01T00:00:00.000Z')`.execute(
          db,
        )
    },
  },
  '003_keep': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('keep')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('sealed', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .addColumn('ends_at', 'bigint', (column) => column.notNull())
        .execute()
      await db.schema.createIndex('keep_by_end').on('keep').columns(['expires_at']).execute()
    },
  },
  '004_keep_rooms': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('keep')
        .addColumn('room', 'text', (column) => column.notNull().defaultTo(''))
        .execute()
      await db.schema.createIndex('keep_by_room').on('keep').columns(['room', 'expires_at']).execute()
    },
  },
  '005_words': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('books')
        .addColumn('words', 'text', (column) => column.notNull().defaultTo(''))
        .execute()
      await fillWords(db, 'title', 'words')
      await dialectSql.createTitleIndex(db)
    },
  },
  '006_idempotency': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('idempotency')
        .addColumn('client_id', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('part', 'text', (column) => column.notNull())
        .addColumn('request_hash', 'text', (column) => column.notNull())
        .addColumn('book_ids', 'text', (column) => column.notNull())
        .addColumn('kept_until', 'bigint', (column) => column.notNull())
        // The key comes first: only it is certain to be selective before PostgreSQL has statistics of the table.
        .addPrimaryKeyConstraint('idempotency_key', ['key', 'client_id', 'part'])
        .modifyEnd(dialectSql.primaryKeyTableSuffix)
        .execute()
      await db.schema.createIndex('idempotency_by_end').on('idempotency').columns(['kept_until']).execute()
    },
  },
  '007_author_words': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('books')
        .addColumn('author_words', 'text', (column) => column.notNull().defaultTo(''))
        .execute()
      await fillWords(db, 'author', 'author_words')
      await dialectSql.addAuthorIndex(db)
    },
  },
  '008_book_orders': {
    async up(db: Kysely<unknown>) {
      await db.schema.createIndex('books_by_time').on('books').columns(['added_at', 'id']).execute()
      // A part of the words, because an index entry has a size limit.
      const titleKey = dialectSql.generateText(sql`substr(words, 1, 100)`)
      await db.schema.alterTable('books').addColumn('title_key', titleKey).execute()
      await db.schema.createIndex('books_by_title').on('books').columns(['title_key', 'id']).execute()
    },
  },
})

const CHUNK = 1_000

/** Fills in the words of existing books, a chunk at a time so that memory use does not depend on their number. */
async function fillWords(db: Kysely<unknown>, source: 'title' | 'author', target: WordColumn): Promise<void> {
  for (let lastId = 0; ; ) {
    const { rows } = await sql<{ id: number; text: string }>`select id, ${sql.ref(source)} as text from books
      where id > ${lastId} order by id limit ${sql.lit(CHUNK)}`.execute(db)
    const lastRow = rows.at(-1)
    if (!lastRow) return
    const filled = rows.map(({ id, text }) => sql`(cast(${id} as bigint), ${joinWords(text)})`)
    // Both databases name the columns of values so.
    await sql`update books set ${sql.ref(target)} = column2
      from (values ${sql.join(filled)}) as filled where books.id = column1`.execute(db)
    lastId = lastRow.id
  }
}
