import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { type BrowserSession, describeInBrowser } from '../../support/describe-in-browser.ts'
import { closeSession, openIde } from '../../support/ide/ide-page.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, startService } from '../../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.close())

describeInBrowser('a person signs in at the IDE', (newVisitor) => {
  let visitor: BrowserSession
  beforeEach(async () => {
    visitor = await newVisitor()
  })
  afterEach(() => closeSession(visitor))

  test('refused without a token, signed in, reading, refused a write, stepped up, writing', async () => {
    const ide = await openIde(visitor, service)
    await ide.waitForPadlock('Query.book', 'shut')
    expect(await ide.accountBar.textContent()).toContain('No token')

    expect(await ide.execute()).toContain('UNAUTHENTICATED')
    await ide.noticeLine.getByRole('button', { name: 'Sign in' }).click()
    await ide.submitCredentials(AGATHA)
    expect(await ide.editorText('operation.graphql')).toContain('query ReadABook')
    expect(new URL(ide.page.url()).search).toBe('')
    await ide.waitForPadlock('Query.book', 'open')
    expect(await ide.padlockState('Mutation.addBook')).toBe('shut')
    expect(await ide.editorText('request-headers.json')).toMatch(/"Authorization": "Bearer eyJ/)
    const holder = await ide.accountBar.textContent()
    for (const words of ['Agatha Christie', 'agatha@example.com', READ_SCOPE, 'ends in'])
      expect(holder).toContain(words)
    expect(holder).not.toContain(ADMIN_SCOPE)
    expect(await ide.execute()).toContain('And Then There Were None')

    await ide.setEditorText(
      'request-headers.json',
      (await ide.editorText('request-headers.json')).replace('{', '{ "x-request-id": "mine",'),
    )
    await ide.openExample('Add a book')
    await ide.page
      .getByText('This operation will be refused: Mutation.addBook needs fakebookapi.admin.')
      .waitFor()
    expect(await ide.execute()).toContain('FORBIDDEN')
    await ide.noticeLine.getByRole('button', { name: `Ask for ${ADMIN_SCOPE}` }).click()
    await ide.noticeLine.getByText('You are signed in as Agatha Christie').waitFor()
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

  test('a person without the right is told so kindly, and keeps what they may', async () => {
    const ide = await openIde(visitor, service)
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.submitCredentials(ARTHUR)
    await ide.waitForPadlock('Query.books', 'open')
    await ide.openExample('Who added it?')
    expect(await ide.execute()).toContain('FORBIDDEN')
    await ide.noticeLine.getByRole('button', { name: `Ask for ${ADMIN_SCOPE}` }).click()
    await ide.noticeLine.getByText('You may not have all of').waitFor()
    expect(await ide.noticeLine.textContent()).toContain(`Denied scopes: [${ADMIN_SCOPE}]`)
    await ide.waitUntilReady()
    await ide.waitForPadlock('Query.books', 'open')
    expect(await ide.editorText('operation.graphql')).toContain('query WhoAddedIt')
    expect(await ide.padlockState('Book.addedBy')).toBe('shut')
  })

  test('signed out here and at the issuer: a password is asked for again', async () => {
    const ide = await openIde(visitor, service)
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.submitCredentials(AGATHA)
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

  test('no token is kept for longer than the tab, and none is in an address', async () => {
    const ide = await openIde(visitor, service)
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.submitCredentials(AGATHA)
    await ide.waitForPadlock('Query.book', 'open')
    await ide.execute()
    await ide.page.getByRole('button', { name: 'New tab' }).click()
    await ide.page.waitForFunction(
      () => localStorage.getItem('graphiql:tabState')?.match(/"title"/g)?.length === 2,
    )
    const kept = await ide.page.evaluate(() => JSON.stringify({ ...localStorage }))
    expect(kept).not.toMatch(/eyJ|Bearer/)
    expect(await ide.editorText('request-headers.json')).toMatch(/Bearer eyJ/)
    await ide.page.reload()
    await ide.waitUntilReady()
    await ide.waitForPadlock('Query.book', 'open')
    const other = await openIde(visitor, service)
    expect(await other.accountBar.textContent()).toContain('No token')
  })

  test('a token that has ended says so and offers to sign in again', async () => {
    await visitor.context.clock.install()
    const ide = await openIde(visitor, service)
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.submitCredentials(AGATHA)
    await ide.accountBar.getByText('ends in').waitFor()
    await ide.page.clock.fastForward('01:00:01')
    await ide.accountBar.getByText('ended', { exact: true }).waitFor()
    await ide.waitForPadlock('Query.book', 'shut')
    await ide.page.getByText('will be refused: your token has ended').waitFor()
    await ide.accountBar.getByRole('button', { name: 'Sign in again' }).click()
    await ide.waitUntilReady()
    await ide.noticeLine.getByText('You are signed in as').waitFor()
  })
})
