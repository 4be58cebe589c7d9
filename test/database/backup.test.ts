import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/database/database.ts'
import { createTemporaryFolder, runCli, startApiProcess } from '../support/cli-process.ts'
import { createPostgresDatabase, hasPostgres } from '../support/databases.ts'
import { ADMIN_SCOPE, postBody, READ_SCOPE } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const ADD = JSON.stringify({
  query: 'mutation { addBook(input: { title: "t", author: "a", cost: 1, numPages: 1 }) { id } }',
})

test('copies made while books are written have all that was acknowledged before, and serve', async () => {
  const folder = createTemporaryFolder()
  const settings = { OKTA_ISSUER: issuer.url, DATABASE_URL: `file:${join(folder, 'books.db')}` }
  const token = await issuer.signToken({ scp: [READ_SCOPE, ADMIN_SCOPE] })
  const api = await startApiProcess(settings)
  const acknowledged: number[] = []
  let writing = true
  const write = async () => {
    while (writing) {
      const { json } = await postBody(api.url, ADD, token)
      acknowledged.push(Number(Object(json.data?.addBook).id))
    }
  }
  const writers = Array.from({ length: 4 }, write)
  for (const name of ['one.db', 'two.db']) {
    const before = [...acknowledged]
    const copy = join(folder, name)
    const { status, stdout } = await runCli(['backup', copy], settings)
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^\d+ books, \d+ kB: /)])
    const database = new DatabaseSync(copy, { readOnly: true })
    const kept = new Set(
      database
        .prepare('select id from books')
        .all()
        .map(({ id }) => Number(id)),
    )
    database.close()
    expect([before.length > 0 || name === 'one.db', before.filter((id) => !kept.has(id))]).toEqual([true, []])
  }
  writing = false
  await Promise.all(writers)
  api.child.kill('SIGTERM')
  expect(await api.exited).toBe(0)
  expect(
    readdirSync(folder)
      .filter((name) => /^(?:one|two)/.test(name))
      .sort(),
  ).toEqual(['one.db', 'two.db'])
  expect(statSync(join(folder, 'two.db')).mode & 0o777).toBe(0o600)
  const restored = await startApiProcess({ ...settings, DATABASE_URL: `file:${join(folder, 'two.db')}` })
  const { json } = await postBody(restored.url, JSON.stringify({ query: '{ book(id: 6) { title } }' }), token)
  expect(json.data).toEqual({ book: { title: 't' } })
  restored.child.kill('SIGTERM')
  await restored.exited
})

/** What cannot be copied, and what is said. */
test('S50 to S54: what cannot be copied is named, and leaves nothing behind', async () => {
  const folder = createTemporaryFolder()
  const [there, damaged] = [join(folder, 'there.db'), join(folder, 'damaged.db')]
  writeFileSync(there, 'precious')
  writeFileSync(damaged, 'no database, '.repeat(1_000))
  chmodSync(there, 0o644)
  const rows: readonly (readonly [string, string, string, RegExp])[] = [
    ['S50', 'file::memory:', join(folder, 'x.db'), /in memory/],
    ['S51', `file:${join(folder, 'missing.db')}`, join(folder, 'x.db'), /no database at/],
    ['S52', `file:${damaged}`, there, /there already/],
    ['S53', `file:${damaged}`, join(folder, 'x.db'), /was not copied: /],
    ['S54', `file:${damaged}`, join(folder, 'no-folder', 'x.db'), /was not copied: /],
  ]
  for (const [id, url, target, words] of rows) {
    const { status, stdout, stderr } = await runCli(['backup', target], { DATABASE_URL: url })
    expect([id, status, stdout, stderr.split('\n').length]).toEqual([id, 1, '', 2])
    expect(stderr).toMatch(words)
  }
  expect(existsSync(join(folder, 'missing.db'))).toBe(false)
  expect(readdirSync(folder).sort()).toEqual(['damaged.db', 'there.db'])
})

const here = hasPostgres ? test : test.skip
here('S55 PostgreSQL: one line that copies, works as it stands, and has no password', async () => {
  const [url, other] = [await createPostgresDatabase(), await createPostgresDatabase()]
  const database = await openDatabase(url)
  await database.deleteFrom('books').where('id', '=', 2).execute()
  await database.destroy()
  const target = join(createTemporaryFolder(), "agatha's books.dump")
  const address = Object.assign(new URL(url), {
    password: 'hunter2%2F',
    search: '?sslmode=disable&password=hunter2',
  })
  const { status, stdout, stderr } = await runCli(['backup', target], { DATABASE_URL: address.href })
  const [, line = ''] = /^PostgreSQL is copied by its own program: (pg_dump .*)\n$/.exec(stderr) ?? []
  expect([status, stdout, stderr]).toEqual([2, '', expect.not.stringContaining('hunter2')])
  execFileSync('bash', ['-c', line])
  execFileSync('pg_restore', ['--no-owner', '--exit-on-error', `--dbname=${other}`, target])
  const restored = await openDatabase(other)
  expect((await restored.selectFrom('books').select('id').execute()).map(({ id }) => id).sort()).toEqual([
    1, 3, 4, 5,
  ])
  await restored.destroy()
})
