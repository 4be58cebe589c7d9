import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { AGATHA } from '../../support/demo-accounts.ts'
import { type BrowserSession, describeInBrowser } from '../../support/describe-in-browser.ts'
import { closeSession, openIde } from '../../support/ide/ide-page.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, startService } from '../../support/service.ts'

describeInBrowser('the IDE as it is set up', (newVisitor) => {
  let visitor: BrowserSession
  let service: Service | undefined
  beforeEach(async () => {
    visitor = await newVisitor()
  })
  afterEach(() => closeSession(visitor, [], service))

  test('INTROSPECTION=authenticated: the schema comes with a token', async () => {
    service = await startService({ INTROSPECTION: 'authenticated' })
    const ide = await openIde(visitor, service)
    await ide.page.getByText('are shown to whoever has a token').waitFor()
    expect(await ide.padlockState('Query.book')).toBeNull()
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.submitCredentials(AGATHA)
    await ide.waitForPadlock('Query.book', 'open')
    await ide.waitForPadlock('Mutation.addBook', 'shut')
  })

  test('INTROSPECTION=off: it opens, says so, and runs operations', async () => {
    service = await startService({ INTROSPECTION: 'off' })
    const ide = await openIde(visitor, service)
    await ide.page.getByText('does not describe its schema: no padlocks').waitFor()
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.submitCredentials(AGATHA)
    await ide.accountBar.getByText('Agatha Christie').waitFor()
    expect(await ide.execute()).toContain('And Then There Were None')
  })

  test('without a client of its own: no sign-in, and the headers work', async () => {
    service = await startService({ OKTA_ISSUER: 'https://example.okta.com/oauth2/default' }, undefined)
    const ide = await openIde(visitor, service)
    expect(await ide.page.getByRole('button', { name: 'Sign in' }).count()).toBe(0)
    expect(await ide.execute()).toContain('UNAUTHENTICATED')
    await ide.noticeLine.getByText('Put one into the headers below').waitFor()
    const token = await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)
    await ide.setEditorText('request-headers.json', JSON.stringify({ Authorization: `Bearer ${token}` }))
    await ide.waitForPadlock('Mutation.addBook', 'open')
    expect(await ide.execute()).toContain('And Then There Were None')
    expect(await ide.page.getByRole('button', { name: 'Sign in' }).count()).toBe(0)
  })

  test('a pasted token: its own words, unverified, and padlocks by them', async () => {
    service = await startService()
    const ide = await openIde(visitor, service)
    await ide.waitForPadlock('Query.book', 'shut')
    await ide.page.locator('.graphiql-editor-tool .graphiql-editor:visible').click()
    await ide.page.keyboard.insertText(`{"Authorization": "Bearer ${await service.tokenFor(READ_SCOPE)}"}`)
    await ide.waitForPadlock('Query.book', 'open')
    const holder = await ide.accountBar.textContent()
    for (const words of ['fakebook-cron', 'not verified here', READ_SCOPE, 'ends in'])
      expect(holder).toContain(words)

    await ide.setEditorText('request-headers.json', '{"Authorization": "Bearer e30.e30.bm8"}')
    await ide.waitForPadlock('Query.book', 'shut')
    await ide.page.getByText('will be refused').waitFor()
    expect(await ide.execute()).toContain('UNAUTHENTICATED')
    await ide.noticeLine.getByText('Your token was refused').waitFor()
    await ide.noticeLine.getByRole('button', { name: 'Sign in again' }).click()
    await ide.submitCredentials(AGATHA)
    await ide.waitForPadlock('Query.book', 'open')
  })

  test('a token that is pasted some other way: what is wrong with it is said, and nothing of it is kept', async () => {
    service = await startService()
    const ide = await openIde(visitor, service)
    const token = await service.tokenFor(READ_SCOPE)
    for (const [text, words] of [
      [token, 'not JSON'],
      [`Bearer ${token}`, 'not JSON'],
      [JSON.stringify(token), 'not JSON'],
      [`{"Authorization": "Bearer ${token}`, 'not JSON'],
      [JSON.stringify({ Authorization: token }), 'not the word Bearer'],
      [JSON.stringify({ Authorization: `Bearer "${token}"` }), 'not the word Bearer'],
    ] as const) {
      await ide.setEditorText('request-headers.json', text)
      await ide.accountBar.getByText(words).waitFor()
      await ide.setEditorText('request-headers.json', '')
      await ide.accountBar.getByText('No token').waitFor()
    }
    // As GraphiQL reads it: with comments, and a comma too many.
    await ide.setEditorText('request-headers.json', `// mine\n{"Authorization": "Bearer ${token}",}`)
    await ide.accountBar.getByText('not verified here').waitFor()

    await ide.setEditorText('request-headers.json', JSON.stringify(token))
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.submitCredentials(AGATHA)
    await ide.accountBar.getByText('Agatha Christie').waitFor()
    expect(Object.keys(JSON.parse(await ide.editorText('request-headers.json')))).toEqual(['Authorization'])
  })

  test('the documentation has padlocks too', async () => {
    service = await startService()
    const ide = await openIde(visitor, service)
    await ide.waitForPadlock('Query.book', 'shut')
    await ide.setEditorText(
      'request-headers.json',
      JSON.stringify({ Authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}` }),
    )
    await ide.waitForPadlock('Query.book', 'open')
    await ide.page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
    const docs = ide.page.getByRole('region', { name: 'Documentation Explorer' })
    await docs.getByRole('link', { name: 'Query', exact: true }).click()
    await docs.getByRole('link', { name: 'book', exact: true }).waitFor()
    expect(await docs.getByRole('img', { name: 'open for your token' }).count()).toBe(3)
    await docs.getByRole('link', { name: 'Book', exact: true }).first().click()
    expect(await docs.getByRole('img', { name: 'shut' }).count()).toBe(2)
    await ide.setEditorText('request-headers.json', '')
    await ide.accountBar.getByText('No token').waitFor()
    await docs.getByRole('link', { name: /Go back to Query/ }).click()
    await docs.getByRole('img', { name: 'shut' }).nth(2).waitFor()
  })

  test('a field of the panel leads to its documentation', async () => {
    service = await startService()
    const ide = await openIde(visitor, service)
    await ide.page.getByRole('button', { name: 'addedBy' }).click()
    const docs = ide.page.getByRole('region', { name: 'Documentation Explorer' })
    await docs.getByText('The subject of the access token that added the book.').waitFor()
    expect(await docs.getByText('needs fakebookapi.admin').count()).toBe(1)
  })

  test('the API is away, or something else answers in its place: it is said in words', async () => {
    service = await startService()
    const ide = await openIde(visitor, service)
    await ide.waitForPadlock('Query.book', 'shut')
    const away = { errors: [{ message: expect.stringContaining('Is it running?') }] }
    await ide.page.route(`${service.apiUrl}/graphql`, (route) => route.abort())
    expect(JSON.parse(await ide.execute())).toEqual(away)
    await ide.page.route(`${service.apiUrl}/graphql`, (route) =>
      route.fulfill({ status: 502, body: '<h1>Bad Gateway</h1>' }),
    )
    expect(JSON.parse(await ide.execute())).toEqual(away)
  })

  test('the issuer is away: it is said, and nothing is lost', async () => {
    service = await startService()
    const ide = await openIde(visitor, service)
    await ide.page.route(`${new URL(service.issuerUrl).origin}/**`, (route) => route.abort())
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.noticeLine.getByText('cannot be reached').waitFor()
    expect(await ide.editorText('operation.graphql')).toContain('query ReadABook')
  })

  test('the issuer hangs: that is said after a while, and one is signed out here all the same', async () => {
    await visitor.context.clock.install()
    service = await startService()
    const ide = await openIde(visitor, service)
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.submitCredentials(AGATHA)
    await ide.waitForPadlock('Query.book', 'open')
    const discovery = `${service.issuerUrl}/.well-known/**`
    await ide.page.route(discovery, () => undefined)
    const asked = async (act: string) => {
      const request = ide.page.waitForRequest(discovery)
      await ide.accountBar.getByRole('button', { name: act }).click()
      await request
      await ide.page.clock.fastForward('00:11')
    }
    await asked('Sign out')
    await ide.accountBar.getByText('No token').waitFor()
    await ide.waitUntilReady()
    await asked('Sign in')
    await ide.noticeLine.getByText('cannot be reached').waitFor()
  })
})
