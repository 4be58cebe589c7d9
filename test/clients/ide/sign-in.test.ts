import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { AGATHA, ARTHUR } from '../../support/demo-accounts.ts'
import { describeInBrowser, type Visitor } from '../../support/describe-in-browser.ts'
import { endVisit, openIde } from '../../support/ide/ide-page.ts'
import { ADMIN, READ, type Service, startService } from '../../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.close())

describeInBrowser('a person signs in at the IDE', (newVisitor) => {
  let visitor: Visitor
  beforeEach(async () => {
    visitor = await newVisitor()
  })
  afterEach(() => endVisit(visitor))

  test('refused without a token, signed in, reading, refused a write, stepped up, writing', async () => {
    const ide = await openIde(visitor, service)
    await ide.untilPadlock('Query.book', 'shut')
    expect(await ide.bar.textContent()).toContain('No token')

    expect(await ide.run()).toContain('UNAUTHENTICATED')
    await ide.notice.getByRole('button', { name: 'Sign in' }).click()
    await ide.enter(AGATHA)
    expect(await ide.text('operation.graphql')).toContain('query ReadABook')
    expect(new URL(ide.page.url()).search).toBe('')
    await ide.untilPadlock('Query.book', 'open')
    expect(await ide.padlock('Mutation.addBook')).toBe('shut')
    expect(await ide.text('request-headers.json')).toMatch(/"Authorization": "Bearer eyJ/)
    const holder = await ide.bar.textContent()
    for (const words of ['Agatha Christie', 'agatha@example.com', READ, 'ends in'])
      expect(holder).toContain(words)
    expect(holder).not.toContain(ADMIN)
    expect(await ide.run()).toContain('And Then There Were None')

    await ide.write(
      'request-headers.json',
      (await ide.text('request-headers.json')).replace('{', '{ "x-request-id": "mine",'),
    )
    await ide.starter('Add a book')
    await ide.page
      .getByText('This operation will be refused: Mutation.addBook needs fakebookapi.admin.')
      .waitFor()
    expect(await ide.run()).toContain('FORBIDDEN')
    await ide.notice.getByRole('button', { name: `Ask for ${ADMIN}` }).click()
    await ide.notice.getByText('You are signed in as Agatha Christie').waitFor()
    await ide.ready()
    expect(await ide.text('operation.graphql')).toContain('mutation AddABook')
    await ide.untilPadlock('Mutation.addBook', 'open')
    expect(await ide.text('request-headers.json')).toContain('"x-request-id": "mine"')
    expect(await ide.padlock('Query.book')).toBe('open')
    expect(await ide.run()).toContain('"title": "Death on the Nile"')
    expect((await service.graphql('{ books { title } }', await service.token(READ))).json.data).toMatchObject(
      {
        books: expect.arrayContaining([{ title: 'Death on the Nile' }]),
      },
    )
  })

  test('a person without the right is told so kindly, and keeps what they may', async () => {
    const ide = await openIde(visitor, service)
    await ide.bar.getByRole('button', { name: 'Sign in' }).click()
    await ide.enter(ARTHUR)
    await ide.untilPadlock('Query.books', 'open')
    await ide.starter('Who added it?')
    expect(await ide.run()).toContain('FORBIDDEN')
    await ide.notice.getByRole('button', { name: `Ask for ${ADMIN}` }).click()
    await ide.notice.getByText('You may not have all of').waitFor()
    expect(await ide.notice.textContent()).toContain(`Denied scopes: [${ADMIN}]`)
    await ide.ready()
    await ide.untilPadlock('Query.books', 'open')
    expect(await ide.text('operation.graphql')).toContain('query WhoAddedIt')
    expect(await ide.padlock('Book.addedBy')).toBe('shut')
  })

  test('signed out here and at the issuer: a password is asked for again', async () => {
    const ide = await openIde(visitor, service)
    await ide.bar.getByRole('button', { name: 'Sign in' }).click()
    await ide.enter(AGATHA)
    const token = /Bearer ([^"]+)/.exec(await ide.text('request-headers.json'))?.[1]
    const revoked = ide.page.waitForResponse((response) => response.url().endsWith('/v1/revoke'))
    await ide.bar.getByRole('button', { name: 'Sign out' }).click()
    expect((await revoked).status()).toBe(200)
    await ide.bar.getByRole('button', { name: 'Sign in' }).waitFor()
    await ide.ready()
    expect(await ide.text('request-headers.json')).toBe('')
    expect(new URL(ide.page.url()).search).toBe('')
    expect(await ide.page.evaluate(() => sessionStorage.length)).toBe(0)
    expect(token).toBeDefined()
    await ide.bar.getByRole('button', { name: 'Sign in' }).click()
    await ide.page.locator('#password').waitFor()
  })

  test('no token is kept for longer than the tab, and none is in an address', async () => {
    const ide = await openIde(visitor, service)
    await ide.bar.getByRole('button', { name: 'Sign in' }).click()
    await ide.enter(AGATHA)
    await ide.untilPadlock('Query.book', 'open')
    await ide.run()
    await ide.page.getByRole('button', { name: 'New tab' }).click()
    await ide.page.waitForFunction(
      () => localStorage.getItem('graphiql:tabState')?.match(/"title"/g)?.length === 2,
    )
    const kept = await ide.page.evaluate(() => JSON.stringify({ ...localStorage }))
    expect(kept).not.toMatch(/eyJ|Bearer/)
    expect(await ide.text('request-headers.json')).toMatch(/Bearer eyJ/)
    await ide.page.reload()
    await ide.ready()
    await ide.untilPadlock('Query.book', 'open')
    const other = await openIde(visitor, service)
    expect(await other.bar.textContent()).toContain('No token')
  })

  test('a token that has ended says so and offers to sign in again', async () => {
    await visitor.context.clock.install()
    const ide = await openIde(visitor, service)
    await ide.bar.getByRole('button', { name: 'Sign in' }).click()
    await ide.enter(AGATHA)
    await ide.bar.getByText('ends in').waitFor()
    await ide.page.clock.fastForward('01:00:01')
    await ide.bar.getByText('ended', { exact: true }).waitFor()
    await ide.untilPadlock('Query.book', 'shut')
    await ide.page.getByText('will be refused: your token has ended').waitFor()
    await ide.bar.getByRole('button', { name: 'Sign in again' }).click()
    await ide.ready()
    await ide.notice.getByText('You are signed in as').waitFor()
  })
})
