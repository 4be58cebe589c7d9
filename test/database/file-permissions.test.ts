import { chmodSync, closeSync, openSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { backupDatabase } from '../../src/database/backup.ts'
import { openDatabase } from '../../src/database/database.ts'
import { writeSecretFile } from '../../src/lib/secret-file.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

let umask: number
// Nothing may depend on the mask of the user who starts the server.
beforeAll(() => {
  umask = process.umask(0)
})
afterAll(() => {
  process.umask(umask)
})

const modeOf = (path: string) => statSync(path).mode & 0o777
const modesOf = (file: string) => ['', '-wal', '-shm'].map((suffix) => modeOf(`${file}${suffix}`))

async function openFile(file: string) {
  const database = await openDatabase(`file:${file}`)
  await database.selectFrom('books').select('id').execute()
  return database
}

test('file-permissions/F01 creates a database that only its owner can read, with its folders', async () => {
  const folder = join(createTemporaryFolder(), 'data')
  const file = join(folder, 'deep', 'books.db')
  const database = await openFile(file)
  expect(modesOf(file)).toEqual([0o600, 0o600, 0o600])
  expect([modeOf(folder), modeOf(join(folder, 'deep'))]).toEqual([0o700, 0o700])
  await database.destroy()
})

test('file-permissions/F02 creates a database through a symbolic link in the same way', async () => {
  const folder = createTemporaryFolder()
  symlinkSync('books.db', join(folder, 'link.db'))
  const database = await openFile(join(folder, 'link.db'))
  expect(modesOf(join(folder, 'books.db'))).toEqual([0o600, 0o600, 0o600])
  await database.destroy()
})

test('file-permissions/F03 leaves the permissions of an existing database and folder as they are', async () => {
  const folder = createTemporaryFolder()
  const file = join(folder, 'books.db')
  writeFileSync(file, '')
  chmodSync(file, 0o640)
  chmodSync(folder, 0o750)
  const database = await openFile(file)
  expect([modesOf(file), modeOf(folder)]).toEqual([[0o640, 0o640, 0o640], 0o750])
  await database.destroy()
})

test('file-permissions/F04 writes a backup that only its owner can read, also of a database that others can read', async () => {
  const folder = createTemporaryFolder()
  const file = join(folder, 'books.db')
  await (await openFile(file)).destroy()
  chmodSync(file, 0o644)
  await backupDatabase(`file:${file}`, join(folder, 'copy.db'))
  expect(modeOf(join(folder, 'copy.db'))).toBe(0o600)
})

test('file-permissions/F05 does not write a backup into a file or link that is at its temporary path', async () => {
  const folder = createTemporaryFolder()
  const file = join(folder, 'books.db')
  await (await openFile(file)).destroy()
  const partial = join(folder, 'one.db.partial')
  writeFileSync(partial, '')
  // A reader that has opened the file before the backup.
  const reader = openSync(partial, 'r')
  await backupDatabase(`file:${file}`, join(folder, 'one.db'))
  expect(readFileSync(reader, 'utf8')).toBe('')
  closeSync(reader)
  symlinkSync('other', join(folder, 'two.db.partial'))
  writeFileSync(join(folder, 'other'), '')
  await backupDatabase(`file:${file}`, join(folder, 'two.db'))
  expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('')
})

test('file-permissions/F06 creates the folder of a secret for its owner alone', () => {
  const folder = join(createTemporaryFolder(), 'data')
  writeSecretFile(join(folder, 'session-secret'), 'secret')
  expect([modeOf(folder), modeOf(join(folder, 'session-secret'))]).toEqual([0o700, 0o600])
})
