import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runCli, startApiProcess } from '../support/cli-process.ts'
import { ADMIN_SCOPE, postBody, READ_SCOPE } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

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
