import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { AGATHA } from '../../support/demo-accounts.ts'
import { describeInBrowser, type Visitor } from '../../support/describe-in-browser.ts'
import { endVisit, openIde } from '../../support/ide/ide-page.ts'
import { ADMIN, READ, type Service, startService } from '../../support/service.ts'

describeInBrowser('the IDE as it is set up', (newVisitor) => {
  let visitor: Visitor
  let service: Service | undefined
  beforeEach(async () => {
    visitor = await newVisitor()
  })
  afterEach(() => endVisit(visitor, [], service))

  test('INTROSPECTION=authenticated: the schema comes with a token', async () => {
    service = await startService({ INTROSPECTION: 'authenticated' })
    const ide = await openIde(visitor, service)
    await ide.page.getByText('are shown to whoever has a token').waitFor()
    expect(await ide.padlock('Query.book')).toBeNull()
    await ide.bar.getByRole('button', { name: 'Sign in' }).click()
    await ide.enter(AGATHA)
    await ide.untilPadlock('Query.book', 'open')
    await ide.untilPadlock('Mutation.addBook', 'shut')
  })

  test('INTROSPECTION=off: it opens, says so, and runs operations', async () => {
    service = await startService({ INTROSPECTION: 'off' })
    const ide = await openIde(visitor, service)
    await ide.page.getByText('does not describe its schema: no padlocks').waitFor()
    await ide.bar.getByRole('button', { name: 'Sign in' }).click()
    await ide.enter(AGATHA)
    await ide.bar.getByText('Agatha Christie').waitFor()
    expect(await ide.run()).toContain('And Then There Were None')
  })

  test('without a client of its own: no sign-in, and the headers work', async () => {
    service = await startService({ OKTA_ISSUER: 'https://example.okta.com/oauth2/default' }, undefined)
    const ide = await openIde(visitor, service)
    expect(await ide.page.getByRole('button', { name: 'Sign in' }).count()).toBe(0)
    expect(await ide.run()).toContain('UNAUTHENTICATED')
    await ide.notice.getByText('Put one into the headers below').waitFor()
    const token = await service.token(READ, ADMIN)
    await ide.write('request-headers.json', JSON.stringify({ Authorization: `Bearer ${token}` }))
    await ide.untilPadlock('Mutation.addBook', 'open')
    expect(await ide.run()).toContain('And Then There Were None')
    expect(await ide.page.getByRole('button', { name: 'Sign in' }).count()).toBe(0)
  })

  test('a pasted token: its own words, unverified, and padlocks by them', async () => {
    service = await startService()
    const ide = await openIde(visitor, service)
    await ide.untilPadlock('Query.book', 'shut')
    await ide.page.locator('.graphiql-editor-tool .graphiql-editor:visible').click()
    await ide.page.keyboard.insertText(`{"Authorization": "Bearer ${await service.token(READ)}"}`)
    await ide.untilPadlock('Query.book', 'open')
    const holder = await ide.bar.textContent()
    for (const words of ['fakebook-cron', 'not verified here', READ, 'ends in'])
      expect(holder).toContain(words)

    await ide.write('request-headers.json', '{"Authorization": "Bearer e30.e30.bm8"}')
    await ide.untilPadlock('Query.book', 'shut')
    await ide.page.getByText('will be refused').waitFor()
    expect(await ide.run()).toContain('UNAUTHENTICATED')
    await ide.notice.getByText('Your token was refused').waitFor()
    await ide.notice.getByRole('button', { name: 'Sign in again' }).click()
    await ide.enter(AGATHA)
    await ide.untilPadlock('Query.book', 'open')
  })

  test('a token that is pasted some other way: what is wrong with it is said, and nothing of it is kept', async () => {
    service = await startService()
    const ide = await openIde(visitor, service)
    const token = await service.token(READ)
    for (const [text, words] of [
      [token, 'not JSON'],
      [`Bearer ${token}`, 'not JSON'],
      [JSON.stringify(token), 'not JSON'],
      [`{"Authorization": "Bearer ${token}`, 'not JSON'],
      [JSON.stringify({ Authorization: token }), 'not the word Bearer'],
      [JSON.stringify({ Authorization: `Bearer "${token}"` }), 'not the word Bearer'],
    ] as const) {
      await ide.write('request-headers.json', text)
      await ide.bar.getByText(words).waitFor()
      await ide.write('request-headers.json', '')
      await ide.bar.getByText('No token').waitFor()
    }
    // As GraphiQL reads it: with comments, and a comma too many.
    await ide.write('request-headers.json', `// mine\n{"Authorization": "Bearer ${token}",}`)
    await ide.bar.getByText('not verified here').waitFor()

    await ide.write('request-headers.json', JSON.stringify(token))
    await ide.bar.getByRole('button', { name: 'Sign in' }).click()
    await ide.enter(AGATHA)
    await ide.bar.getByText('Agatha Christie').waitFor()
    expect(Object.keys(JSON.parse(await ide.text('request-headers.json')))).toEqual(['Authorization'])
  })

  test('the documentation has padlocks too', async () => {
    service = await startService()
    const ide = await openIde(visitor, service)
    await ide.untilPadlock('Query.book', 'shut')
    await ide.write(
      'request-headers.json',
      JSON.stringify({ Authorization: `Bearer ${await service.token(READ)}` }),
    )
    await ide.untilPadlock('Query.book', 'open')
    await ide.page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
    const docs = ide.page.getByRole('region', { name: 'Documentation Explorer' })
    await docs.getByRole('link', { name: 'Query', exact: true }).click()
    await docs.getByRole('link', { name: 'book', exact: true }).waitFor()
    expect(await docs.getByRole('img', { name: 'open for your token' }).count()).toBe(3)
    await docs.getByRole('link', { name: 'Book', exact: true }).first().click()
    expect(await docs.getByRole('img', { name: 'shut' }).count()).toBe(2)
    await ide.write('request-headers.json', '')
    await ide.bar.getByText('No token').waitFor()
    await docs.getByRole('link', { name: /Go back to Query/ }).click()
    await docs.getByRole('img', { name: 'shut' }).nth(2).waitFor()
  })

  test('a field of the panel leads to its documentation', async () => {
    service = await startService()
    const ide = await openIde(visitor, service)
    await ide.page.getByRole('button', { name: 'addedBy' }).click()
    const docs = ide.page.getByRole('region', { name: 'Documentation Explorer' })
    await docs.getByText('The subject of the token that added the book.').waitFor()
    expect(await docs.getByText('needs fakebookapi.admin').count()).toBe(1)
  })

  test('the API is away, or something else answers in its place: it is said in words', async () => {
    service = await startService()
    const ide = await openIde(visitor, service)
    await ide.untilPadlock('Query.book', 'shut')
    const away = { errors: [{ message: expect.stringContaining('Is it running?') }] }
    await ide.page.route(`${service.api}/graphql`, (route) => route.abort())
    expect(JSON.parse(await ide.run())).toEqual(away)
    await ide.page.route(`${service.api}/graphql`, (route) =>
      route.fulfill({ status: 502, body: '<h1>Bad Gateway</h1>' }),
    )
    expect(JSON.parse(await ide.run())).toEqual(away)
  })

  test('the issuer is away: it is said, and nothing is lost', async () => {
    service = await startService()
    const ide = await openIde(visitor, service)
    await ide.page.route(`${new URL(service.issuer).origin}/**`, (route) => route.abort())
    await ide.bar.getByRole('button', { name: 'Sign in' }).click()
    await ide.notice.getByText('cannot be reached').waitFor()
    expect(await ide.text('operation.graphql')).toContain('query ReadABook')
  })

  test('the issuer hangs: that is said after a while, and one is signed out here all the same', async () => {
    await visitor.context.clock.install()
    service = await startService()
    const ide = await openIde(visitor, service)
    await ide.bar.getByRole('button', { name: 'Sign in' }).click()
    await ide.enter(AGATHA)
    await ide.untilPadlock('Query.book', 'open')
    const discovery = `${service.issuer}/.well-known/**`
    await ide.page.route(discovery, () => undefined)
    const asked = async (act: string) => {
      const request = ide.page.waitForRequest(discovery)
      await ide.bar.getByRole('button', { name: act }).click()
      await request
      await ide.page.clock.fastForward('00:11')
    }
    await asked('Sign out')
    await ide.bar.getByText('No token').waitFor()
    await ide.ready()
    await asked('Sign in')
    await ide.notice.getByText('cannot be reached').waitFor()
  })
})
