import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { type BrowserSession, closeSession, describeInBrowser } from '../../support/describe-in-browser.ts'
import { openIde } from '../../support/ide/ide-page.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, startService } from '../../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.close())

describeInBrowser('sign-in to the IDE', (openSession) => {
  let session: BrowserSession
  beforeEach(async () => {
    session = await openSession()
  })
  afterEach(() => closeSession(session))

  test('signs in to read, and steps up to write', async () => {
    const ide = await openIde(session, service)
    await ide.waitForPadlock('Query.book', 'locked')
    expect(await ide.accountBar.textContent()).toContain('No access token')

    expect(await ide.execute()).toContain('UNAUTHENTICATED')
    await ide.noticeLine.getByRole('button', { name: 'Sign in' }).click()
    await ide.submitCredentials(AGATHA)
    expect(await ide.editorText('operation.graphql')).toContain('query ReadABook')
    expect(new URL(ide.page.url()).search).toBe('')
    await ide.waitForPadlock('Query.book', 'open')
    expect(await ide.padlockState('Mutation.addBook')).toBe('locked')
    expect(await ide.editorText('request-headers.json')).toMatch(/"Authorization": "Bearer eyJ/)
    const account = await ide.accountBar.textContent()
    for (const text of ['Agatha Christie', 'agatha@example.com', READ_SCOPE, 'expires in'])
      expect(account).toContain(text)
    expect(account).not.toContain(ADMIN_SCOPE)
    expect(await ide.execute()).toContain('And Then There Were None')

    await ide.setEditorText(
      'request-headers.json',
      (await ide.editorText('request-headers.json')).replace('{', '{ "x-request-id": "mine",'),
    )
    await ide.openExample('Add a book')
    await ide.page
      .getByText('This operation will be rejected: Mutation.addBook requires fakebookapi.admin.')
      .waitFor()
    expect(await ide.execute()).toContain('FORBIDDEN')
    await ide.noticeLine.getByRole('button', { name: `Request ${ADMIN_SCOPE}` }).click()
    await ide.noticeLine.getByText('Signed in as Agatha Christie').waitFor()
    await ide.waitUntilReady()
    expect(await ide.editorText('operation.graphql')).toContain('mutation AddABook')
    await ide.waitForPadlock('Mutation.addBook', 'open')
    expect(await ide.editorText('request-headers.json')).toContain('"x-request-id": "mine"')
    expect(await ide.padlockState('Query.book')).toBe('open')
    expect(await ide.execute()).toContain('"title": "Death on the Nile"')
    expect(
      (await service.graphql('{ books { title } }', await service.tokenFor(READ_SCOPE))).json.data,
    ).toMatchObject({
      books: expect.arrayContaining([{ title: 'Death on the Nile' }]),
    })
  })

  test('explains a denied step-up, and keeps the session', async () => {
    const ide = await openIde(session, service)
    await ide.signIn(ARTHUR)
    await ide.waitForPadlock('Query.books', 'open')
    await ide.openExample('Who added it?')
    expect(await ide.execute()).toContain('FORBIDDEN')
    await ide.noticeLine.getByRole('button', { name: `Request ${ADMIN_SCOPE}` }).click()
    await ide.noticeLine.getByText('denied the request for').waitFor()
    expect(await ide.noticeLine.textContent()).toContain(`Denied scopes: [${ADMIN_SCOPE}]`)
    await ide.waitUntilReady()
    await ide.waitForPadlock('Query.books', 'open')
    expect(await ide.editorText('operation.graphql')).toContain('query WhoAddedIt')
    expect(await ide.padlockState('Book.addedBy')).toBe('locked')
  })

  test('signs out of the IDE and the authorization server', async () => {
    const ide = await openIde(session, service)
    await ide.signIn(AGATHA)
    const token = /Bearer ([^"]+)/.exec(await ide.editorText('request-headers.json'))?.[1]
    const revoked = ide.page.waitForResponse((response) => response.url().endsWith('/v1/revoke'))
    await ide.accountBar.getByRole('button', { name: 'Sign out' }).click()
    expect((await revoked).status()).toBe(200)
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).waitFor()
    await ide.waitUntilReady()
    expect(await ide.editorText('request-headers.json')).toBe('')
    expect(new URL(ide.page.url()).search).toBe('')
    expect(await ide.page.evaluate(() => sessionStorage.length)).toBe(0)
    expect(token).toBeDefined()
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.page.locator('#password').waitFor()
  })

  test('keeps tokens in the tab alone', async () => {
    const ide = await openIde(session, service)
    await ide.signIn(AGATHA)
    await ide.waitForPadlock('Query.book', 'open')
    await ide.execute()
    await ide.page.getByRole('button', { name: 'New tab' }).click()
    await ide.page.waitForFunction(
      () => localStorage.getItem('graphiql:tabState')?.match(/"title"/g)?.length === 2,
    )
    const localStorageText = await ide.page.evaluate(() => JSON.stringify({ ...localStorage }))
    expect(localStorageText).not.toMatch(/eyJ|Bearer/)
    expect(await ide.editorText('request-headers.json')).toMatch(/Bearer eyJ/)
    await ide.page.reload()
    await ide.waitUntilReady()
    await ide.waitForPadlock('Query.book', 'open')
    const other = await openIde(session, service)
    expect(await other.accountBar.textContent()).toContain('No access token')
  })

  test('offers to sign in again when the token has expired', async () => {
    await session.context.clock.install()
    const ide = await openIde(session, service)
    await ide.signIn(AGATHA)
    await ide.accountBar.getByText('expires in').waitFor()
    await ide.page.clock.fastForward('01:00:01')
    await ide.accountBar.getByText('expired', { exact: true }).waitFor()
    await ide.waitForPadlock('Query.book', 'locked')
    await ide.page.getByText('will be rejected: your token has expired').waitFor()
    await ide.accountBar.getByRole('button', { name: 'Sign in again' }).click()
    await ide.waitUntilReady()
    await ide.noticeLine.getByText('Signed in as').waitFor()
  })
})
