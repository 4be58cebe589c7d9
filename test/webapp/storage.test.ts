import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../program.ts'
import { startSite } from './site.ts'

test('the storage is away: 503 for whoever needs it, in words; home is there for the others', async () => {
  const file = join(temporaryFolder(), 'site.db')
  const site = await startSite({ DATABASE_URL: `file:${file}` })
  const [agatha, stranger] = [site.person(), site.person()]
  await agatha.signIn()
  const database = new DatabaseSync(file)
  database.exec('alter table keep rename to elsewhere')
  for (const path of ['/', '/books', '/profile']) {
    const { status, headers, text } = await agatha.ask(path)
    expect([path, status, headers.get('retry-after')]).toEqual([path, 503, '5'])
    expect(text).toContain('Nothing can be looked up just now')
  }
  expect([(await stranger.ask('/')).status, (await stranger.ask('/sign-in')).status]).toEqual([200, 503])
  database.exec('alter table elsewhere rename to keep')
  database.close()
  expect(await agatha.name()).toBe('Agatha Christie')
  await site.close()
})
