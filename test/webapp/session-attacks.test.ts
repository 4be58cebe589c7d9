import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { COOKIES, FORGED, FORMS } from '../cases/webapp-attacks.ts'
import { ARTHUR } from '../people.ts'
import { BOOK } from './person.ts'
import { type Site, startSite } from './site.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site.close())

test('A05g fixation: the session after a sign-in is not the one before, which is no longer good', async () => {
  const attacker = site.person()
  await attacker.signIn(ARTHUR)
  const victim = site.person()
  for (const [key, cookie] of attacker.jar) if (cookie.name === 'fakebook') victim.jar.set(key, cookie)
  await victim.signIn()
  expect(victim.session()).not.toBe(attacker.session())
  expect(await victim.name()).toBe('Agatha Christie')
  expect((await attacker.ask('/books')).status).toBe(303)
})

describe('a cookie that is not the one that was set', () => {
  let own = ''
  let another = ''
  let elsewhere = ''
  beforeAll(async () => {
    const [one, two] = [site.person(), site.person()]
    await one.signIn()
    await two.signIn(ARTHUR)
    const others = await startSite()
    const there = others.person()
    await there.signIn()
    await others.close()
    own = one.session() ?? ''
    another = two.session() ?? ''
    elsewhere = there.session() ?? ''
  })
  const books = (cookie: string) =>
    fetch(`${site.url}/books`, { headers: { cookie: `fakebook=${cookie}` }, redirect: 'manual' })

  test('the cookie itself is good', async () => {
    expect((await books(own)).status).toBe(200)
  })
  test.each(COOKIES)('%s %s', async (_, __, make) => {
    expect((await books(make(own, another, elsewhere))).status).toBe(303)
  })
  test('A06n 20,000 letters are too many', async () => {
    expect((await books('a'.repeat(20_000))).status).toBe(431)
  })
})

describe.each(FORMS)('a forged form to %s', (path, done) => {
  test.each(FORGED)('%s %s', async (_, __, make) => {
    const [victim, attacker] = [site.person(), site.person()]
    await victim.signIn()
    await attacker.signIn(ARTHUR)
    const { form = {}, headers = {} } = make(await victim.csrf(), await attacker.csrf())
    const end = await victim.ask(path, {
      method: 'POST',
      body: new URLSearchParams({ ...BOOK, ...form }),
      headers,
    })
    expect([end.status, end.text]).toEqual([403, expect.stringContaining('This form is out of date')])
    expect(await done(victim)).toBe(false)
  })

  test('A07g a page elsewhere sends it: the browser leaves the cookie out, and nothing is kept', async () => {
    const body = new URLSearchParams(BOOK)
    const headers = { 'sec-fetch-site': 'cross-site' }
    const end = await site.person().ask(path, { method: 'POST', body, headers })
    expect([path === '/sign-out' ? 303 : 401, undefined]).toEqual([end.status, /draft=/.exec(end.text)?.[0]])
  })
})
