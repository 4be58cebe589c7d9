import type { Transaction } from 'kysely'
import { alreadyExists, idempotencyMismatch, inFlight } from '../errors/api-error.ts'
import { chunks } from './chunks.ts'
import type { Own } from './dialect.ts'
import { freeIds } from './free-ids.ts'
import { type Claim, faultsOf, hashOf, indexable, recall, recallRequest, remember } from './idempotency.ts'
import { BOOK, type StoredBook } from './stored-book.ts'
import type { Tables } from './tables.ts'
import { wordsIn } from './title-words.ts'
import { Raced } from './transaction.ts'

/** A book to be kept, already checked; `argument` is where it stands in the request, for the answer. */
export type NewBook = {
  readonly argument: string
  readonly id: number | undefined
  readonly title: string
  readonly author: string
  readonly cents: number
  readonly numPages: number
  /** The client's own key for it. */
  readonly key?: string | undefined
}

/** Who writes, when, and under which key. */
export type Write = {
  /** The token's client and subject. */
  readonly client: string
  readonly addedBy: string
  readonly at: Date
  /** How long keys are remembered. */
  readonly keepMs: number
  /** For the whole write; undefined: it has none. */
  readonly claim: Claim | undefined
}

/** With its id; chosen: the client said which. */
type Placed = NewBook & { readonly id: number; readonly chosen: boolean }

/**
 * Adds books in one transaction, but those that were added under their keys before: these are given back as they are.
 * @returns a book for each, in their order
 * @throws Refusal as `Books.add` does, Raced when another transaction was in the way
 */
export async function addBooks(
  transaction: Transaction<Tables>,
  own: Own,
  books: readonly NewBook[],
  write: Write,
): Promise<StoredBook[]> {
  const { claim, at, keepMs } = write
  const client = indexable(write.client)
  if (claim) {
    if (!(await own.tryLock(transaction, JSON.stringify([client, claim.key])))) throw inFlight()
    const before = await recallRequest(transaction, client, claim, at.getTime())
    if (before) return booksWith(transaction, before, [])
  }
  const claims = claimsOf(books)
  const known = await recall(transaction, client, [...claims.values()], at.getTime())
  const placed = await place(transaction, own, firstTime(books, known))
  const ids = idsOf(books, placed, known)
  // The keys before the books: whoever waits here for the same keys finds them done, and not the ids taken.
  const done = placed.flatMap(({ key, id }) => {
    const one = key === undefined ? undefined : claims.get(key)
    return one ? [{ ...one, bookIds: [id] }] : []
  })
  const times = { now: at.getTime(), keptUntil: at.getTime() + keepMs }
  await remember(transaction, client, done, times)
  if (claim) await remember(transaction, client, [{ ...claim, bookIds: ids }], times)
  return booksWith(transaction, ids, await insert(transaction, placed, write))
}

/** @throws Refusal `IDEMPOTENCY_MISMATCH` when one key is on two books that differ */
function claimsOf(books: readonly NewBook[]): Map<string, Claim> {
  const claims = new Map<string, Claim>()
  const others: Claim[] = []
  for (const { key, argument, id, title, author, cents, numPages } of books) {
    if (key === undefined) continue
    const hash = hashOf([id, title, author, cents, numPages])
    const claim = { key, part: '', hash, argument: `${argument}.idempotencyKey` }
    const first = claims.get(key)
    if (!first) claims.set(key, claim)
    else if (first.hash !== hash) others.push(claim)
  }
  if (others.length > 0) throw idempotencyMismatch(faultsOf(others))
  return claims
}

/** Without those that were added before, or stand further up under the same key. */
function firstTime(books: readonly NewBook[], known: ReadonlyMap<string, unknown>): NewBook[] {
  const seen = new Set(known.keys())
  return books.filter(({ key }) => key === undefined || (!seen.has(key) && seen.add(key)))
}

async function place(
  transaction: Transaction<Tables>,
  own: Own,
  books: readonly NewBook[],
): Promise<Placed[]> {
  const without = books.filter(({ id }) => id === undefined).length
  const chosen = new Set(books.flatMap(({ id }) => id ?? []))
  if (without > 0) await own.lockIds(transaction)
  const free = (await freeIds(transaction, without, chosen)).values()
  return books.map((book) => {
    const id = book.id ?? free.next().value
    if (id === undefined) throw new Error('there were fewer ids than books')
    return { ...book, id, chosen: book.id !== undefined }
  })
}

function idsOf(
  books: readonly NewBook[],
  placed: readonly Placed[],
  known: ReadonlyMap<string, readonly number[]>,
): number[] {
  const byKey = new Map([...known].flatMap(([key, ids]) => ids.map((id) => [key, id] as const)))
  const fresh = placed.values()
  return books.map(({ key }) => {
    const before = key === undefined ? undefined : byKey.get(key)
    if (before !== undefined) return before
    const { id } = fresh.next().value as Placed
    if (key !== undefined) byKey.set(key, id)
    return id
  })
}

/**
 * @returns the books as they are kept
 * @throws Refusal `ALREADY_EXISTS` naming every id that is taken, Raced when that is one which nobody had asked for
 */
async function insert(
  transaction: Transaction<Tables>,
  books: readonly Placed[],
  { addedBy, at }: Write,
): Promise<StoredBook[]> {
  const added = { added_by: addedBy, added_at: at.toISOString() }
  const taken: Placed[] = []
  const kept: StoredBook[] = []
  for (const chunk of chunks(books.toSorted((a, b) => a.id - b.id))) {
    const rows = chunk.map(({ id, title, author, cents, numPages }) => ({
      ...{ id, title, author, cents, num_pages: numPages },
      ...added,
    }))
    const insert = transaction
      .insertInto('books')
      .values(rows.map((row) => ({ ...row, words: wordsIn(row.title).join(' ') })))
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
    const inserted = new Set((await insert.execute()).map(({ id }) => id))
    // An id that is there twice is inserted once.
    for (const [index, book] of chunk.entries())
      if (!inserted.delete(book.id)) taken.push(book)
      else kept.push(rows[index] as StoredBook)
  }
  if (taken.some(({ chosen }) => !chosen)) throw new Raced()
  if (taken.length > 0) throw alreadyExists(takenFaults(taken))
  return kept
}

const takenFaults = (taken: readonly Placed[]) =>
  taken.map(({ argument, id }) => ({
    argument: `${argument}.id`,
    message: `The id ${id} is taken. Leave it out to get the next free one.`,
  }))

/** @param fresh the books that are known already; the others are fetched */
async function booksWith(
  transaction: Transaction<Tables>,
  ids: readonly number[],
  fresh: readonly StoredBook[],
): Promise<StoredBook[]> {
  const byId = new Map(fresh.map((book) => [book.id, book]))
  for (const chunk of chunks([...new Set(ids)].filter((id) => !byId.has(id)))) {
    const rows = await transaction
      .selectFrom('books')
      .select(BOOK)
      .where('id', 'in', [...chunk])
      .execute()
    for (const book of rows) byId.set(book.id, book)
  }
  return ids.map((id) => {
    const book = byId.get(id)
    if (!book) throw new Error(`book ${id} was added under this key, and is there no longer`)
    return book
  })
}
