import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openDatabase } from '../../src/database/database.ts'
import { runCli } from '../support/cli-process.ts'
import { createPostgresDatabase, hasPostgres } from '../support/databases.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

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
    message: /^There is no folder \/.*no-folder\. Create it, or choose another path\.$/m,
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
