import { type Selectable, sql, type Transaction } from 'kysely'
import { alreadyExists } from '../refusal.ts'
import type { Database, Tables } from './database.ts'
import { reaching } from './faults.ts'

export type StoredBook = Readonly<Selectable<Tables['books']>>

/** A book to be kept, already checked; `argument` is where it stands in the request, for the answer. */
export type NewBook = {
  readonly argument: string
  readonly id: number | undefined
  readonly title: string
  readonly author: string
  readonly cents: number
  readonly numPages: number
}

export type Filter = { readonly author?: string | undefined; readonly title?: string | undefined }
/** Up to `size` books with ids between two others, counted from one end: no page is found by counting. */
export type Page = {
  readonly filter: Filter
  readonly from: 'start' | 'end'
  readonly size: number
  readonly after: number | undefined
  readonly before: number | undefined
}

/** Where the books are: the only place with SQL about them. */
export type Books = ReturnType<typeof createBooks>

/** @throws (each function) Refusal `SERVICE_UNAVAILABLE` when the database can't be had */
export function createBooks(database: Database) {
  // Compiled once: building the query costs more than running it.
  const byId = database.selectFrom('books').selectAll().where('id', '=', 0).compile()

  const matching = (filter: Filter) => {
    let query = database.selectFrom('books')
    if (filter.author !== undefined) query = query.where('author', '=', filter.author)
    if (filter.title !== undefined)
      query = query.where(
        sql<boolean>`title like ${`%${filter.title.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`,
      )
    return query
  }

  return Object.freeze({
    async find(id: number): Promise<StoredBook | undefined> {
      const { rows } = await reaching(database.executeQuery({ ...byId, parameters: [id] }))
      return rows[0] as StoredBook | undefined
    },

    /** The page's books in the order of their ids, and whether more follow in the direction that is counted in. */
    async page({ filter, from, size, after, before }: Page): Promise<{ books: StoredBook[]; more: boolean }> {
      let query = matching(filter)
        .selectAll()
        .orderBy('id', from === 'start' ? 'asc' : 'desc')
        .limit(size + 1)
      if (after !== undefined) query = query.where('id', '>', after)
      if (before !== undefined) query = query.where('id', '<', before)
      const rows = await reaching(query.execute())
      const books = rows.slice(0, size)
      return { books: from === 'start' ? books : books.reverse(), more: rows.length > size }
    },

    /** Whether a matching book stands on that side of this id, or at it. */
    async anyFrom(filter: Filter, side: '<=' | '>=', id: number): Promise<boolean> {
      const query = matching(filter).select('id').where('id', side, id).limit(1)
      return (await reaching(query.execute())).length > 0
    },

    /** How many books match: each of them is looked at. */
    async count(filter: Filter): Promise<number> {
      const query = matching(filter).select((all) => all.fn.countAll<number>().as('books'))
      return (await reaching(query.executeTakeFirstOrThrow())).books
    },

    /**
     * Keeps all of them or none.
     * @param addedBy the token's subject
     * @throws Refusal `ALREADY_EXISTS` when an id is taken
     */
    add(books: readonly NewBook[], addedBy: string, addedAt: Date): Promise<StoredBook[]> {
      const added = { added_by: addedBy, added_at: addedAt.toISOString() }
      return reaching(
        database.transaction().execute(async (transaction) => {
          const kept: StoredBook[] = []
          for (const { argument, id = await nextId(transaction), title, author, cents, numPages } of books) {
            const row = { id, title, author, cents, num_pages: numPages, ...added }
            const insert = transaction.insertInto('books').values(row)
            const result = await insert.onConflict((conflict) => conflict.doNothing()).executeTakeFirst()
            if (result.numInsertedOrUpdatedRows === 0n)
              throw alreadyExists(
                `${argument}.id`,
                `The id ${id} is taken. Leave it out to get the next free one.`,
              )
            kept.push(row)
          }
          return kept
        }),
      )
    },

    /** Answers when the database does. */
    async ping(): Promise<void> {
      await reaching(sql`select 1 from books limit 1`.execute(database))
    },
  })
}

/** The id behind the largest, or the first gap once the largest possible is taken. */
async function nextId(transaction: Transaction<Tables>): Promise<number> {
  const { largest } = await transaction
    .selectFrom('books')
    .select((all) => all.fn.max('id').as('largest'))
    .executeTakeFirstOrThrow()
  if (largest === null) return 1
  if (largest < Number.MAX_SAFE_INTEGER) return largest + 1
  const gap = await sql<{
    id: number
  }>`select b.id + 1 as id from (select 0 as id union all select id from books) b
    where not exists (select 1 from books where books.id = b.id + 1) order by b.id limit 1`.execute(
    transaction,
  )
  return gap.rows[0]?.id ?? 1
}
