import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { createEncryptedStore } from '../../src/database/encrypted-store.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { createTestClock } from '../support/test-clock.ts'

const SECRET = 'a secret of thirty-two characters or more'
const MINUTE_MS = 60_000
const clock = createTestClock()

describeEachDatabase((newDatabase) => {
  let database: Database
  let stores: ReturnType<typeof createEncryptedStore>
  beforeAll(async () => {
    database = await openDatabase(await newDatabase())
    stores = createEncryptedStore(database, [SECRET], clock.now)
  })
  afterAll(() => database.destroy())

  const count = async () => (await database.selectFrom('keep').select('id').execute()).length

  test('returns a value until it expires, under its store and key only', async () => {
    const store = stores.open<{ word: string }>('one')
    await store.set('k', { word: 'ü' }, MINUTE_MS)
    expect(await store.get('k')).toEqual({ word: 'ü' })
    expect(await store.get('K')).toBeUndefined()
    expect(await stores.open('two').get('k')).toBeUndefined()
    await clock.advance(MINUTE_MS - 1)
    expect(await store.get('k')).toEqual({ word: 'ü' })
    await clock.advance(1)
    expect([
      await store.get('k'),
      await store.getAndDelete('k'),
      await store.replace('k', { word: '' }),
    ]).toEqual([undefined, undefined, false])
  })

  test('returns a value to one of several concurrent getAndDelete calls', async () => {
    const store = stores.open<number>('taken')
    await store.set('k', 7, MINUTE_MS)
    const taken = await Promise.all(Array.from({ length: 20 }, () => store.getAndDelete('k')))
    expect(taken.filter((value) => value !== undefined)).toEqual([7])
  })

  test('replaces an existing value only, and keeps its expiry', async () => {
    const store = stores.open<number>('replaced')
    await store.set('k', 1, MINUTE_MS)
    await clock.advance(MINUTE_MS / 2)
    expect(await store.replace('k', 2)).toBe(true)
    expect(await store.get('k')).toBe(2)
    await clock.advance(MINUTE_MS / 2)
    expect(await store.get('k')).toBeUndefined()
    await store.set('k', 3, MINUTE_MS)
    await store.delete('k')
    expect([await store.replace('k', 4), await store.get('k')]).toEqual([false, undefined])
  })

  test('extends the expiry up to the maximum', async () => {
    const store = stores.open<number>('prolonged')
    await store.set('k', 1, 10 * MINUTE_MS, 25 * MINUTE_MS)
    for (const { minutes, value } of [
      { minutes: 9, value: 1 },
      { minutes: 9, value: 1 },
      { minutes: 6, value: 1 },
      { minutes: 1, value: undefined },
    ]) {
      await clock.advance(minutes * MINUTE_MS)
      expect(await store.get('k')).toBe(value)
      await store.extend('k', 10 * MINUTE_MS)
    }
  })

  test('deleteExpiredBatch deletes expired values only', async () => {
    await stores.deleteExpiredBatch()
    const before = await count()
    const store = stores.open<number>('swept')
    await store.set('short', 1, MINUTE_MS)
    await store.set('long', 2, 3 * MINUTE_MS)
    await clock.advance(2 * MINUTE_MS)
    await stores.deleteExpiredBatch()
    expect([(await count()) - before, await store.get('long')]).toEqual([1, 2])
  })

  test('decrypts with each secret, and encrypts with the first', async () => {
    const [first, second] = [`${SECRET} 1`, `${SECRET} 2`]
    const open = (...secrets: string[]) =>
      createEncryptedStore(database, secrets, clock.now).open<number>('rotated')
    await open(second).set('old', 1, MINUTE_MS)
    await open(first, second).set('new', 2, MINUTE_MS)
    expect(await Promise.all(['old', 'new'].map((key) => open(first, second).get(key)))).toEqual([1, 2])
    expect(await Promise.all(['old', 'new'].map((key) => open(first).get(key)))).toEqual([undefined, 2])
    expect(await open(first, second).replace('old', 3)).toBe(true)
    expect(await open(first).get('old')).toBe(3)
  })

  test('returns nothing with another secret, or after a character was altered', async () => {
    const store = stores.open<string>('sealed')
    await store.set('k', 'value', MINUTE_MS)
    expect(
      await createEncryptedStore(database, [`${SECRET}!`], clock.now)
        .open('sealed')
        .get('k'),
    ).toBeUndefined()
    const rows = await database.selectFrom('keep').selectAll().execute()
    for (const { id, sealed } of rows) {
      const index = sealed.length - 4
      const altered = sealed.slice(0, index) + (sealed[index] === 'A' ? 'B' : 'A') + sealed.slice(index + 1)
      await database.updateTable('keep').set({ sealed: altered }).where('id', '=', id).execute()
    }
    expect(await store.get('k')).toBeUndefined()
    await database.updateTable('keep').set({ sealed: 'x' }).execute()
    expect(await store.get('k')).toBeUndefined()
  })

  test('writes neither the key nor the value to the file in plain text', async () => {
    const file = join(createTemporaryFolder(), 'keep.db')
    const fileDatabase = await openDatabase(`file:${file}`)
    await createEncryptedStore(fileDatabase, [SECRET], clock.now)
      .open('files')
      .set('a-secret-key', 'a-secret-value', MINUTE_MS)
    await fileDatabase.destroy()
    const bytes = readFileSync(file, 'latin1')
    expect(bytes).toContain('keep_by_end')
    expect(bytes).not.toMatch(/a-secret|YS1zZWNyZX/)
  })
})
