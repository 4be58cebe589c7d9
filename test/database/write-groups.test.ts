// Writes that wait at the same time share a transaction; each has a result of its own.

import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import pg from 'pg'
import { type BookRepository, createBookRepository } from '../../src/database/book-repository.ts'
import type { AddBooksOptions, NewBook } from '../../src/database/book-write.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { createNewBook, WRITE_OPTIONS } from '../support/database/titled-books.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { queryPostgres } from '../support/query-postgres.ts'
import { waitUntil } from '../support/wait-until.ts'

/** A call of `BookRepository.add` with one book. */
type Write = Partial<NewBook> & {
  /** The key of the whole write. */
  readonly key?: string
  readonly subject?: string
  /** Two writes with the same key and another hash differ. */
  readonly hash?: string
}

const EXISTS = 'ALREADY_EXISTS'
const MISMATCH = 'IDEMPOTENCY_MISMATCH'
const DATABASE_ERROR = 'another error'

/** Writes of one turn, and the result of each: a title, or the code of an error. Ids are permanent. */
const GROUPS: readonly {
  readonly id: string
  readonly title: string
  /** Written before. */
  readonly first?: Write
  readonly writes: readonly Write[]
  readonly results: readonly string[]
  readonly stored: number
}[] = [
  {
    id: 'write-groups/G01',
    title: 'adds a book for each write',
    writes: [{ title: 'a' }, { title: 'b' }, { title: 'a' }],
    results: ['a', 'b', 'a'],
    stored: 3,
  },
  {
    id: 'write-groups/G02',
    title: 'rejects only the write whose id is taken',
    writes: [{ title: 'a' }, { title: 'b', id: 1 }, { title: 'c', id: 70 }],
    results: ['a', EXISTS, 'c'],
    stored: 2,
  },
  {
    id: 'write-groups/G03',
    title: 'rejects the second of two writes with the same id',
    writes: [{ title: 'a', id: 70 }, { title: 'b', id: 70 }, { title: 'c' }],
    results: ['a', EXISTS, 'c'],
    stored: 2,
  },
  {
    id: 'write-groups/G04',
    title: 'gives no write an id that another one chose',
    writes: [{ title: 'a' }, { title: 'b', id: 6 }, { title: 'c' }, { title: 'd', id: 8 }],
    results: ['a', 'b', 'c', 'd'],
    stored: 4,
  },
  {
    id: 'write-groups/G05',
    title: 'adds one book for two equal writes with the same key',
    writes: [{ title: 'a', key: 'k' }, { title: 'b' }, { title: 'a', key: 'k' }],
    results: ['a', 'b', 'a'],
    stored: 2,
  },
  {
    id: 'write-groups/G06',
    title: 'rejects the second of two different writes with the same key',
    writes: [{ title: 'a', key: 'k' }, { title: 'b', key: 'k', hash: 'b' }, { title: 'c' }],
    results: ['a', MISMATCH, 'c'],
    stored: 2,
  },
  {
    id: 'write-groups/G07',
    title: 'returns the book of an earlier write with the same key',
    first: { title: 'a', key: 'k' },
    writes: [{ title: 'b' }, { title: 'a', key: 'k' }, { title: 'c', key: 'k', hash: 'c' }],
    results: ['b', 'a', MISMATCH],
    stored: 2,
  },
  {
    id: 'write-groups/G08',
    title: 'keeps the keys of subjects apart',
    writes: [
      { title: 'a', key: 'k' },
      { title: 'b', key: 'k', subject: 'other', hash: 'b' },
      { title: 'c', idempotencyKey: 'i' },
      { title: 'd', idempotencyKey: 'i', subject: 'other' },
    ],
    results: ['a', 'b', 'c', 'd'],
    stored: 4,
  },
  {
    id: 'write-groups/G09',
    title: 'recognizes the key of a book that another write adds',
    writes: [
      { title: 'a', idempotencyKey: 'i' },
      { title: 'a', idempotencyKey: 'i' },
      { title: 'b', idempotencyKey: 'i' },
    ],
    results: ['a', 'a', MISMATCH],
    stored: 1,
  },
  {
    id: 'write-groups/G10',
    title: 'rejects only the write that the database rejects',
    writes: [{ title: 'a' }, { title: 'rejected' }, { title: 'b', key: 'k' }],
    results: ['a', DATABASE_ERROR, 'b'],
    stored: 2,
  },
  {
    id: 'write-groups/G11',
    title: 'rejects every write of a commit that fails',
    writes: [{ title: 'a' }, { title: 'uncommitted' }, { title: 'b', key: 'k' }],
    results: [DATABASE_ERROR, DATABASE_ERROR, DATABASE_ERROR],
    stored: 0,
  },
]

const ADD_ORPHAN = 'insert into children values (new.id)'
const TRIGGERS = {
  SQLite: [
    "create trigger reject before insert on books when new.title = 'rejected' begin select raise(abort, 'no'); end",
    `create trigger orphan after insert on books when new.title = 'uncommitted' begin ${ADD_ORPHAN}; end`,
  ],
  PostgreSQL: [
    `create function reject() returns trigger language plpgsql as $$ begin raise 'no'; end $$`,
    "create trigger reject before insert on books for each row when (new.title = 'rejected') execute function reject()",
    `create function orphan() returns trigger language plpgsql as $$ begin ${ADD_ORPHAN}; return new; end $$`,
    "create trigger orphan after insert on books for each row when (new.title = 'uncommitted') execute function orphan()",
  ],
}

const findCode = (reason: unknown): string =>
  [EXISTS, MISMATCH].find((code) => Object(reason).details?.code === code) ?? DATABASE_ERROR

const MAX_WRITES_OF_A_GROUP = 64

describeEachDatabase((newDatabase, kind) => {
  let url: string
  let database: Database
  let books: BookRepository
  let statements: string[]
  beforeEach(async () => {
    url = await newDatabase()
    statements = []
    database = await openDatabase(url, undefined, ({ sql: text }) => statements.push(text))
    books = createBookRepository(database)
  })
  afterEach(() => database.destroy())

  function add({ key, subject = 's', hash = 'h', ...book }: Write, repository = books) {
    const options: AddBooksOptions = {
      ...WRITE_OPTIONS,
      addedBy: subject,
      idempotencyTtlMs: 1_000,
      idempotentWrite: key === undefined ? undefined : { key, part: 'addBook', requestHash: hash },
    }
    return repository.add([{ ...createNewBook('t'), ...book }], options)
  }
  const countCommits = () => statements.filter((text) => text === 'commit').length

  /** Rejects a book with the title `rejected`, and the commit of one with the title `uncommitted`. */
  async function addConstraints(): Promise<void> {
    const tables = [
      'create table parents (id bigint primary key)',
      'create table children (parent bigint references parents (id) deferrable initially deferred)',
    ]
    for (const statement of [...tables, ...TRIGGERS[kind]]) await sql.raw(statement).execute(database)
  }

  test.each(GROUPS)('$id $title', async ({ first, writes, results, stored }) => {
    await addConstraints()
    const count = async () => (await database.selectFrom('books').select('id').execute()).length
    const before = await count()
    if (first) await add(first)
    const settled = await Promise.allSettled(writes.map((write) => add(write)))
    const outcomes = settled.map((one) =>
      one.status === 'fulfilled' ? one.value[0]?.title : findCode(one.reason),
    )
    expect(outcomes).toEqual(results)
    expect((await count()) - before).toBe(stored)
    // Nothing of a failed write keeps another one from being added.
    expect(await add({ title: 'last', key: 'last' })).toMatchObject([{ title: 'last' }])
  })

  test('write-groups/G20 commits the writes of one turn together, up to 64 of them', async () => {
    await add({ title: 'first' })
    statements.length = 0
    const added = await Promise.all(
      Array.from({ length: MAX_WRITES_OF_A_GROUP }, (_, i) => add({ title: `${i}` })),
    )
    expect(countCommits()).toBe(1)
    const ids = added.map(([book]) => book?.id)
    expect(ids).toEqual(Array.from(ids, (_, i) => Number(ids[0]) + i))
    expect(await books.findMany(ids.map(Number))).toHaveLength(MAX_WRITES_OF_A_GROUP)
    await Promise.all(Array.from({ length: MAX_WRITES_OF_A_GROUP + 1 }, () => add({})))
    expect(countCommits()).toBe(3)
  })

  test('write-groups/G21 adds a single write with the statements that it needs', async () => {
    await add({})
    statements.length = 0
    await add({})
    const lock = kind === 'SQLite' ? [] : [expect.stringMatching('pg_advisory_xact_lock')]
    const find = expect.stringMatching('gap_end')
    expect(statements).toEqual(['begin', ...lock, find, expect.stringMatching('^insert'), 'commit'])
  })

  test('write-groups/G22 adds a batch of a thousand books beside single writes', async () => {
    const batch = Array.from({ length: 1_000 }, (_, i) => createNewBook(`batch ${i}`))
    const [before, [added], after] = await Promise.all([
      Promise.all(Array.from({ length: 20 }, () => add({}))),
      Promise.all([books.add(batch, WRITE_OPTIONS)]),
      Promise.all(Array.from({ length: 20 }, (_, i) => add({ key: `k${i}` }))),
    ])
    expect(added?.map(({ title }) => title)).toEqual(batch.map(({ title }) => title))
    expect(new Set([...before, ...after].map(([book]) => book?.id)).size).toBe(40)
    expect((await database.selectFrom('books').select('id').execute()).length).toBe(5 + 1_000 + 40)
  })

  test('write-groups/G23 adds the books of two processes without a deadlock', async () => {
    // PostgreSQL does not resolve a deadlock within the test.
    if (kind === 'PostgreSQL')
      await queryPostgres(`alter database ${new URL(url).pathname.slice(1)} set deadlock_timeout = '1min'`)
    // Ids that are not chosen follow this one.
    await add({ id: 5_000 })
    const databases = [await openDatabase(url), await openDatabase(url)]
    const [one, two] = databases.map(createBookRepository)
    const writes = Array.from({ length: 200 }, (_, i): Write => {
      if (i % 4 === 0) return { title: `id ${i}`, id: 1_000 + i }
      return {
        title: `${i}`,
        ...(i % 4 === 1 && { idempotencyKey: `i${i}` }),
        ...(i % 4 === 2 && { key: `k${i}` }),
      }
    })
    const settled = await Promise.allSettled([
      ...writes.map((write) => add(write, one)),
      ...writes.toReversed().map((write) => add(write, two)),
    ])
    const ids = settled.flatMap((one) => (one.status === 'fulfilled' ? Number(one.value[0]?.id) : []))
    const codes = settled.flatMap((one) =>
      one.status === 'rejected' ? Object(one.reason).details?.code : [],
    )
    // Of two writes with the same id one fails; two with the same key are one, or one is rejected while the other is in flight.
    expect(new Set(codes.filter((code) => code !== 'IDEMPOTENCY_IN_FLIGHT'))).toEqual(new Set([EXISTS]))
    expect(codes.filter((code) => code === EXISTS)).toHaveLength(50)
    expect(new Set(ids).size).toBe(50 + 50 + 50 + 100)
    for (const other of databases) await other.destroy()
  })

  if (kind === 'SQLite')
    test('write-groups/G24 serves other turns of the event loop between groups', async () => {
      let turns = 0
      let isPending = true
      const adding = Promise.all(Array.from({ length: 10 * MAX_WRITES_OF_A_GROUP }, () => add({}))).finally(
        () => {
          isPending = false
        },
      )
      for (; isPending; turns += 1) await setImmediate()
      await adding
      expect(turns).toBeGreaterThanOrEqual(10)
    })
  else {
    test('write-groups/G25 takes further writes while it waits for the lock of the ids', async () => {
      const other = new pg.Client({ connectionString: url })
      await other.connect()
      await other.query("begin; select pg_advisory_xact_lock(hashtextextended('fakebook: next ids', 0))")
      const writes = [add({})]
      await waitUntil(
        async () => (await other.query('select 1 from pg_locks where not granted')).rows.length > 0,
      )
      for (let i = 0; i < 20; i += 1) writes.push(add({ title: 'a', ...(i % 2 && { key: `k${i}` }) }))
      await other.query('rollback')
      await other.end()
      expect(await Promise.all(writes)).toHaveLength(21)
      expect(countCommits()).toBe(1)
    })

    test('write-groups/G26 adds each book once when the connection of a group ends before its commit', async () => {
      for (const statement of [
        'create sequence inserts',
        `create function terminate() returns trigger language plpgsql as $$ begin
           if nextval('inserts') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if; return null; end $$`,
        'create trigger terminate after insert on books execute function terminate()',
      ])
        await sql.raw(statement).execute(database)
      const added = await Promise.all(['a', 'b', 'c'].map((title) => add({ title })))
      expect(added.map(([book]) => book?.title)).toEqual(['a', 'b', 'c'])
      expect(await database.selectFrom('books').select('id').where('id', '>', 5).execute()).toHaveLength(3)
    })
  }
})
