import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { createEncryptedStore } from '../../src/database/encrypted-store.ts'
import { createTemporaryFolder } from '../support/cli-process.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { createTestClock } from '../support/test-clock.ts'

const SECRET = 'a secret of thirty-two characters or more'
const MINUTE = 60_000
const clock = createTestClock()

describeEachDatabase((newDatabase) => {
  let database: Database
  let keep: ReturnType<typeof createEncryptedStore>
  beforeAll(async () => {
    database = await openDatabase(await newDatabase())
    keep = createEncryptedStore(database, SECRET, clock.now)
  })
  afterAll(() => database.destroy())

  const count = async () => (await database.selectFrom('keep').select('id').execute()).length

  test('what is kept comes back until it expires; another room or key has it not', async () => {
    const room = keep.open<{ word: string }>('one')
    await room.set('k', { word: 'ü' }, MINUTE)
    expect(await room.get('k')).toEqual({ word: 'ü' })
    expect(await room.get('K')).toBeUndefined()
    expect(await keep.open('two').get('k')).toBeUndefined()
    await clock.advance(MINUTE - 1)
    expect(await room.get('k')).toEqual({ word: 'ü' })
    await clock.advance(1)
    expect([
      await room.get('k'),
      await room.getAndDelete('k'),
      await room.replace('k', { word: '' }),
    ]).toEqual([undefined, undefined, false])
  })

  test('of many who take, one gets it', async () => {
    const room = keep.open<number>('taken')
    await room.set('k', 7, MINUTE)
    const taken = await Promise.all(Array.from({ length: 20 }, () => room.getAndDelete('k')))
    expect(taken.filter((value) => value !== undefined)).toEqual([7])
  })

  test('replace changes what is there and brings nothing back; the time that was left stays', async () => {
    const room = keep.open<number>('replaced')
    await room.set('k', 1, MINUTE)
    await clock.advance(MINUTE / 2)
    expect(await room.replace('k', 2)).toBe(true)
    expect(await room.get('k')).toBe(2)
    await clock.advance(MINUTE / 2)
    expect(await room.get('k')).toBeUndefined()
    await room.set('k', 3, MINUTE)
    await room.delete('k')
    expect([await room.replace('k', 4), await room.get('k')]).toEqual([false, undefined])
  })

  test('an end can be put off, but not for ever', async () => {
    const room = keep.open<number>('prolonged')
    await room.set('k', 1, 10 * MINUTE, 25 * MINUTE)
    for (const [passes, there] of [
      [9, 1],
      [9, 1],
      [6, 1],
      [1, undefined],
    ] as const) {
      await clock.advance(passes * MINUTE)
      expect(await room.get('k')).toBe(there)
      await room.extend('k', 10 * MINUTE)
    }
  })

  test('the sweep deletes what has expired and nothing else', async () => {
    await keep.deleteExpired()
    const before = await count()
    const room = keep.open<number>('swept')
    await room.set('short', 1, MINUTE)
    await room.set('long', 2, 3 * MINUTE)
    await clock.advance(2 * MINUTE)
    await keep.deleteExpired()
    expect([(await count()) - before, await room.get('long')]).toEqual([1, 2])
  })

  test('a room with a bound keeps the newest, and leaves the other rooms alone', async () => {
    const [bounded, other] = [keep.open<number>('bounded', 20), keep.open<number>('unbounded')]
    const before = await count()
    for (let i = 0; i < 100; i++) {
      await bounded.set(`k${i}`, i, MINUTE)
      await other.set(`k${i}`, i, MINUTE)
      await clock.advance(1)
      expect((await count()) - before - (i + 1)).toBeLessThanOrEqual(22)
    }
    const there = await Promise.all(Array.from({ length: 100 }, (_, i) => bounded.get(`k${i}`)))
    expect(there.slice(80)).toEqual(Array.from({ length: 20 }, (_, i) => 80 + i))
    expect([there[0], there[70], await other.get('k0')]).toEqual([undefined, undefined, 0])
  })

  test('another secret, or one altered letter, and it is not there', async () => {
    const room = keep.open<string>('sealed')
    await room.set('k', 'value', MINUTE)
    expect(
      await createEncryptedStore(database, `${SECRET}!`, clock.now).open('sealed').get('k'),
    ).toBeUndefined()
    const rows = await database.selectFrom('keep').selectAll().execute()
    for (const { id, sealed } of rows) {
      const at = sealed.length - 4
      const altered = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
      await database.updateTable('keep').set({ sealed: altered }).where('id', '=', id).execute()
    }
    expect(await room.get('k')).toBeUndefined()
    await database.updateTable('keep').set({ sealed: 'x' }).execute()
    expect(await room.get('k')).toBeUndefined()
  })

  test('neither key nor value can be read in the file', async () => {
    const file = join(createTemporaryFolder(), 'keep.db')
    const kept = await openDatabase(`file:${file}`)
    await createEncryptedStore(kept, SECRET, clock.now)
      .open('files')
      .set('a-secret-key', 'a-secret-value', MINUTE)
    await kept.destroy()
    const bytes = readFileSync(file, 'latin1')
    expect(bytes).toContain('keep_by_end')
    expect(bytes).not.toMatch(/a-secret|YS1zZWNyZX/)
  })
})
