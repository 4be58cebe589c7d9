import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { AGATHA } from '../../support/demo-accounts.ts'
import { type BrowserSession, closeSession, describeInBrowser } from '../../support/describe-in-browser.ts'
import { openIde } from '../../support/ide/ide-page.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, startService } from '../../support/service.ts'

describeInBrowser('configurations of the IDE', (openSession) => {
  let session: BrowserSession
  let service: Service | undefined
  beforeEach(async () => {
    session = await openSession()
  })
  afterEach(() => closeSession(session, [], service))

  test('loads the schema with a token when INTROSPECTION=authenticated', async () => {
    service = await startService({ INTROSPECTION: 'authenticated' })
    const ide = await openIde(session, service)
    await ide.page.getByText('Sign in or add an access token to list the fields').waitFor()
    expect(await ide.padlockState('Query.book')).toBeNull()
    const download = ide.page.getByRole('button', { name: 'Download SDL' })
    await download.click()
    await ide.noticeLine.getByText('requires an access token').waitFor()
    await ide.signIn(AGATHA)
    await ide.waitForPadlock('Query.book', 'open')
    const file = ide.page.waitForEvent('download')
    await download.click()
    expect((await file).suggestedFilename()).toBe('schema.graphql')
    await ide.waitForPadlock('Mutation.addBook', 'locked')
  })

  test('executes operations without a schema when INTROSPECTION=off', async () => {
    service = await startService({ INTROSPECTION: 'off' })
    const ide = await openIde(session, service)
    await ide.page.getByText('Introspection is off').waitFor()
    expect(await ide.page.getByRole('button', { name: 'Download SDL' }).count()).toBe(0)
    await ide.signIn(AGATHA)
    await ide.accountBar.getByText('Agatha Christie').waitFor()
    expect(await ide.execute()).toContain('And Then There Were None')
  })

  test('uses the token in the headers when it has no client', async () => {
    service = await startService({ OKTA_ISSUER: 'https://example.okta.com/oauth2/default' })
    const ide = await openIde(session, service)
    expect(await ide.page.getByRole('button', { name: 'Sign in' }).count()).toBe(0)
    expect(await ide.execute()).toContain('UNAUTHENTICATED')
    await ide.noticeLine.getByText('Add one to the headers below').waitFor()
    const token = await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)
    await ide.setEditorText('request-headers.json', JSON.stringify({ Authorization: `Bearer ${token}` }))
    await ide.waitForPadlock('Mutation.addBook', 'open')
    expect(await ide.execute()).toContain('And Then There Were None')
    expect(await ide.page.getByRole('button', { name: 'Sign in' }).count()).toBe(0)
  })

  test('shows the claims and padlocks of a pasted token', async () => {
    service = await startService()
    const ide = await openIde(session, service)
    await ide.waitForPadlock('Query.book', 'locked')
    await ide.page.getByRole('button', { name: 'Headers' }).click()
    await ide.page.locator('.graphiql-editor-tool .graphiql-editor:visible').click()
    await ide.page.keyboard.insertText(`{"Authorization": "Bearer ${await service.tokenFor(READ_SCOPE)}"}`)
    await ide.waitForPadlock('Query.book', 'open')
    const account = await ide.accountBar.textContent()
    for (const text of ['fakebook-cron', 'not verified', READ_SCOPE, 'expires in'])
      expect(account).toContain(text)

    await ide.setEditorText('request-headers.json', '{"Authorization": "Bearer e30.e30.bm8"}')
    await ide.waitForPadlock('Query.book', 'locked')
    await ide.page.getByText('will be rejected').waitFor()
    expect(await ide.execute()).toContain('UNAUTHENTICATED')
    await ide.noticeLine.getByText('Your token was rejected').waitFor()
    await ide.noticeLine.getByRole('button', { name: 'Sign in again' }).click()
    await ide.submitCredentials(AGATHA)
    await ide.waitForPadlock('Query.book', 'open')
  })

  test('explains invalid headers, and replaces them at sign-in', async () => {
    service = await startService()
    const ide = await openIde(session, service)
    const token = await service.tokenFor(READ_SCOPE)
    for (const { text, hint } of [
      { text: token, hint: 'not valid JSON' },
      { text: `Bearer ${token}`, hint: 'not valid JSON' },
      { text: JSON.stringify(token), hint: 'not valid JSON' },
      { text: `{"Authorization": "Bearer ${token}`, hint: 'not valid JSON' },
      { text: JSON.stringify({ Authorization: token }), hint: 'not a bearer token' },
      { text: JSON.stringify({ Authorization: `Bearer "${token}"` }), hint: 'not a bearer token' },
    ]) {
      await ide.setEditorText('request-headers.json', text)
      await ide.accountBar.getByText(hint).waitFor()
      await ide.setEditorText('request-headers.json', '')
      await ide.accountBar.getByText('No access token').waitFor()
    }
    // Valid for GraphiQL: a comment and a trailing comma.
    await ide.setEditorText('request-headers.json', `// comment\n{"Authorization": "Bearer ${token}",}`)
    await ide.accountBar.getByText('not verified').waitFor()

    await ide.setEditorText('request-headers.json', JSON.stringify(token))
    await ide.signIn(AGATHA)
    await ide.accountBar.getByText('Agatha Christie').waitFor()
    expect(Object.keys(JSON.parse(await ide.editorText('request-headers.json')))).toEqual(['Authorization'])
  })

  test('shows padlocks in the documentation', async () => {
    service = await startService()
    const ide = await openIde(session, service)
    await ide.waitForPadlock('Query.book', 'locked')
    await ide.setEditorText(
      'request-headers.json',
      JSON.stringify({ Authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}` }),
    )
    await ide.waitForPadlock('Query.book', 'open')
    await ide.page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
    const docs = ide.page.getByRole('region', { name: 'Documentation Explorer' })
    await docs.getByRole('link', { name: 'Query', exact: true }).click()
    await docs.getByRole('link', { name: 'book', exact: true }).waitFor()
    expect(await docs.getByRole('img', { name: 'allowed by your token' }).count()).toBe(3)
    await docs.getByRole('link', { name: 'Book', exact: true }).first().click()
    expect(await docs.getByRole('img', { name: 'locked', exact: true }).count()).toBe(2)
    await ide.setEditorText('request-headers.json', '')
    await ide.accountBar.getByText('No access token').waitFor()
    await docs.getByRole('link', { name: /Go back to Query/ }).click()
    await docs.getByRole('img', { name: 'locked', exact: true }).nth(2).waitFor()
  })

  test('opens the documentation of a field from the Scopes panel', async () => {
    service = await startService()
    const ide = await openIde(session, service)
    await ide.page.getByRole('button', { name: 'addedBy' }).click()
    const docs = ide.page.getByRole('region', { name: 'Documentation Explorer' })
    await docs.getByText('The subject of the access token that added the book.').waitFor()
    expect(await docs.getByText('requires fakebookapi.admin').count()).toBe(1)
  })

  test('explains that the API is unreachable or sends something other than JSON', async () => {
    service = await startService()
    const ide = await openIde(session, service)
    await ide.waitForPadlock('Query.book', 'locked')
    const expected = { errors: [{ message: expect.stringContaining('Is it running?') }] }
    await ide.page.route(`${service.apiUrl}/graphql`, (route) => route.abort())
    expect(JSON.parse(await ide.execute())).toEqual(expected)
    await ide.page.route(`${service.apiUrl}/graphql`, (route) =>
      route.fulfill({ status: 502, body: '<h1>Bad Gateway</h1>' }),
    )
    expect(JSON.parse(await ide.execute())).toEqual(expected)
  })

  test('explains that the authorization server is unreachable, and keeps the query', async () => {
    service = await startService()
    const ide = await openIde(session, service)
    await ide.page.route(`${new URL(service.issuerUrl).origin}/**`, (route) => route.abort())
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.noticeLine.getByText('cannot be reached').waitFor()
    expect(await ide.editorText('operation.graphql')).toContain('query ReadABook')
  })

  test('times out when the authorization server hangs, and signs out locally', async () => {
    await session.context.clock.install()
    // The clock controls setTimeout, but not AbortSignal.timeout.
    await session.context.addInitScript(() => {
      AbortSignal.timeout = (timeoutMs) => {
        const controller = new AbortController()
        setTimeout(() => controller.abort(new DOMException('Timed out.', 'TimeoutError')), timeoutMs)
        return controller.signal
      }
    })
    service = await startService()
    const ide = await openIde(session, service)
    await ide.signIn(AGATHA)
    await ide.waitForPadlock('Query.book', 'open')
    const discovery = `${service.issuerUrl}/.well-known/**`
    await ide.page.route(discovery, () => undefined)
    const clickAndTimeOut = async (button: string) => {
      const request = ide.page.waitForRequest(discovery)
      await ide.accountBar.getByRole('button', { name: button }).click()
      await request
      await ide.page.clock.fastForward('00:11')
    }
    await clickAndTimeOut('Sign out')
    await ide.accountBar.getByText('No access token').waitFor()
    await ide.waitUntilReady()
    await clickAndTimeOut('Sign in')
    await ide.noticeLine.getByText('cannot be reached').waitFor()
  })
})
