import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
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

test('backs up every acknowledged book while others are written, and serves the backup', async () => {
  const folder = createTemporaryFolder()
  const settings = { OKTA_ISSUER: issuer.url, DATABASE_URL: `file:${join(folder, 'books.db')}` }
  const token = await issuer.signToken({ scp: [READ_SCOPE, ADMIN_SCOPE] })
  const api = await startApiProcess(settings)
  const acknowledged: number[] = []
  let isWriting = true
  const write = async () => {
    while (isWriting) {
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
    const copiedIds = new Set(
      database
        .prepare('select id from books')
        .all()
        .map(({ id }) => Number(id)),
    )
    database.close()
    expect([before.length > 0 || name === 'one.db', before.filter((id) => !copiedIds.has(id))]).toEqual([
      true,
      [],
    ])
  }
  isWriting = false
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

test.each([
  {
    id: 'backup/S50',
    title: 'an in-memory database',
    source: ':memory:',
    target: 'x.db',
    message: /in memory/,
  },
  {
    id: 'backup/S51',
    title: 'a missing database',
    source: 'missing.db',
    target: 'x.db',
    message: /no database at/,
  },
  {
    id: 'backup/S52',
    title: 'an existing target',
    source: 'damaged.db',
    target: 'existing.db',
    message: /already exists/,
  },
  {
    id: 'backup/S53',
    title: 'a damaged database',
    source: 'damaged.db',
    target: 'x.db',
    message: /was not backed up: /,
  },
  {
    id: 'backup/S54',
    title: 'a target in a missing folder',
    source: 'damaged.db',
    target: 'no-folder/x.db',
    message: /was not backed up: /,
  },
])(
  '$id rejects $title with exit status 1, and leaves no file behind',
  async ({ source, target, message }) => {
    const folder = createTemporaryFolder()
    writeFileSync(join(folder, 'existing.db'), 'precious')
    writeFileSync(join(folder, 'damaged.db'), 'no database, '.repeat(1_000))
    const url = source === ':memory:' ? 'file::memory:' : `file:${join(folder, source)}`
    const { status, stdout, stderr } = await runCli(['backup', join(folder, target)], { DATABASE_URL: url })
    expect([status, stdout, stderr.split('\n').length]).toEqual([1, '', 2])
    expect(stderr).toMatch(message)
    expect(readdirSync(folder).sort()).toEqual(['damaged.db', 'existing.db'])
    expect(readFileSync(join(folder, 'existing.db'), 'utf8')).toBe('precious')
  },
)

const testWithPostgres = hasPostgres ? test : test.skip
testWithPostgres(
  'backup/S55 prints a pg_dump command for PostgreSQL that works and has no password',
  async () => {
    const [url, other] = [await createPostgresDatabase(), await createPostgresDatabase()]
    const database = await openDatabase(url)
    await database.deleteFrom('books').where('id', '=', 2).execute()
    await database.destroy()
    const target = join(createTemporaryFolder(), "agatha's books.dump")
    const urlWithPassword = Object.assign(new URL(url), {
      password: 'hunter2%2F',
      search: '?sslmode=disable&password=hunter2',
    })
    const { status, stdout, stderr } = await runCli(['backup', target], {
      DATABASE_URL: urlWithPassword.href,
    })
    const [, command = ''] = /^Back up PostgreSQL with its own command: (pg_dump .*)\n$/.exec(stderr) ?? []
    expect([status, stdout, stderr]).toEqual([2, '', expect.not.stringContaining('hunter2')])
    execFileSync('bash', ['-c', command])
    execFileSync('pg_restore', ['--no-owner', '--exit-on-error', `--dbname=${other}`, target])
    const restored = await openDatabase(other)
    expect((await restored.selectFrom('books').select('id').execute()).map(({ id }) => id).sort()).toEqual([
      1, 3, 4, 5,
    ])
    await restored.destroy()
  },
)
