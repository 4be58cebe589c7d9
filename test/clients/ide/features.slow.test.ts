import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { AGATHA } from '../../support/demo-accounts.ts'
import { type BrowserSession, closeSession, describeInBrowser } from '../../support/describe-in-browser.ts'
import { openIde } from '../../support/ide/ide-page.ts'
import { READ_SCOPE, type Service, startService } from '../../support/service.ts'

const runFile = promisify(execFile)

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.close())

describeInBrowser('features of the IDE', (openSession) => {
  let session: BrowserSession
  beforeEach(async () => {
    session = await openSession()
  })
  afterEach(() => closeSession(session))

  const openWithToken = async (search?: string) => {
    const ide = await openIde(session, service, search)
    const authorization = `Bearer ${await service.tokenFor(READ_SCOPE)}`
    await ide.setEditorText('request-headers.json', JSON.stringify({ Authorization: authorization }))
    await ide.waitForPadlock('Query.book', 'open')
    return ide
  }

  test('shows status, duration and size of each response', async () => {
    const ide = await openWithToken()
    await ide.execute()
    const line = ide.page.locator('.ide-response')
    expect(await line.textContent()).toMatch(/^200 OK · \d+ ms · 1\d\d B$/)
    const colorOf = () => ide.page.evaluate('getComputedStyle(document.querySelector(".ide-response")).color')
    const success = await colorOf()
    await ide.openExample('Who added it?')
    expect(await ide.execute()).toContain('FORBIDDEN')
    await ide.page.getByText(/^403 Forbidden, denied: Book.addedBy, Book.addedAt · \d+ ms · \d+ B$/).waitFor()
    expect(await colorOf()).not.toBe(success)
    await ide.page.getByRole('button', { name: 'New tab' }).click()
    await line.getByText('Execute the query to see its response.').waitFor()
  })

  test('copies a curl command that runs with the token in the environment', async () => {
    await session.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const ide = await openWithToken()
    await ide.setEditorText('operation.graphql', 'query A($id: ID!) { book(id: $id) { title } }')
    await ide.setEditorText('variables.json', '{ "id": "it\'s $(id)" }')
    const copy = ide.page.getByRole('button', { name: 'Copy as cURL' })
    const runCopy = async () => {
      await copy.click()
      await ide.noticeLine.getByText('Copied.').waitFor()
      const command = await ide.page.evaluate<string>('navigator.clipboard.readText()')
      expect(command).not.toContain('eyJ')
      const env = { ...process.env, ACCESS_TOKEN: await service.tokenFor(READ_SCOPE) }
      return JSON.parse((await runFile('sh', ['-c', command], { env })).stdout)
    }
    await ide.page.locator('.graphiql-tab', { hasText: /^A$/ }).waitFor()
    expect(await runCopy()).toEqual({ data: { book: null } })
    await ide.setEditorText('variables.json', '{ "id": 1 }')
    expect(await runCopy()).toEqual({ data: { book: { title: 'And Then There Were None' } } })
    await ide.setEditorText('variables.json', '{ "id": ')
    await copy.click()
    await ide.noticeLine.getByText('Not copied').waitFor()
    await ide.setEditorText('variables.json', '')
    await ide.setEditorText('request-headers.json', '')
    await copy.click()
    await ide.noticeLine.getByText('Copied.', { exact: true }).waitFor()
  })

  test('keeps a history without headers, and restores an operation', async () => {
    const ide = await openWithToken()
    await ide.setEditorText('operation.graphql', 'query Once($id: ID!) { book(id: $id) { title } }')
    await ide.setEditorText('variables.json', '{ "id": "1" }')
    await ide.page.locator('.graphiql-tab', { hasText: 'Once' }).waitFor()
    expect(await ide.execute()).toContain('And Then There Were None')
    await ide.openExample('List the books')
    await ide.page.getByRole('button', { name: 'Show History' }).click()
    const headers = await ide.editorText('request-headers.json')
    const panel = ide.page.getByRole('region', { name: 'History' })
    await panel.getByRole('button', { name: 'Once' }).click()
    expect(await ide.editorText('operation.graphql')).toContain('query Once')
    expect(JSON.parse(await ide.editorText('variables.json'))).toEqual({ id: '1' })
    expect(await ide.editorText('request-headers.json')).toBe(headers)
    const storage = await ide.page.evaluate(() => JSON.stringify({ ...localStorage }))
    expect(storage).toContain('query Once')
    expect(storage).not.toMatch(/eyJ|Bearer/)
    await ide.page.reload()
    await panel.getByRole('button', { name: 'Once' }).waitFor()
  })

  test('opens the operation of the URL without executing it', async () => {
    const posted: (string | null)[] = []
    session.context.on('request', (request) => posted.push(request.postData()))
    const query = 'query A { books { id } } query B($id: ID!) { book(id: $id) { title } }'
    const search = new URLSearchParams({ query, variables: '{ "id": "1" }', operationName: 'B' })
    const ide = await openIde(session, service, `?${search}`)
    await ide.page.getByText('will be rejected: Query.book requires').waitFor()
    expect(await ide.editorText('operation.graphql')).toBe(query)
    expect(await ide.editorText('variables.json')).toBe('{ "id": "1" }')
    expect(posted.filter((body) => body !== null && !body.includes('IntrospectionQuery'))).toEqual([])
  })

  test('downloads the schema', async () => {
    const ide = await openIde(session, service)
    const download = ide.page.waitForEvent('download')
    await ide.page.getByRole('button', { name: 'Download SDL' }).click()
    const file = await download
    expect(file.suggestedFilename()).toBe('schema.graphql')
    expect(await readFile(await file.path(), 'utf8')).toBe(
      (await service.send(`${service.apiUrl}/schema.graphql`)).text,
    )
  })

  test('underlines the fields that the token does not allow', async () => {
    const ide = await openWithToken()
    const query = '{ books { title addedBy } }'
    await ide.setEditorText('operation.graphql', query)
    await ide.page.locator('.squiggly-warning').waitFor()
    expect(await ide.markers()).toEqual([{ text: 'addedBy', message: 'requires fakebookapi.admin' }])
    await ide.setEditorText('request-headers.json', '')
    await ide.page.locator('.squiggly-warning').nth(1).waitFor()
    expect((await ide.markers()).map(({ text }) => text)).toEqual(['books', 'addedBy'])
    await ide.page.getByText('Query.books and Book.addedBy require fakebookapi.read and').waitFor()
  })

  test('opens the variables first, and shows tokens only on request', async () => {
    const ide = await openWithToken()
    await ide.page.getByRole('region', { name: 'Variables' }).waitFor()
    await ide.page.getByRole('button', { name: 'Headers' }).click()
    await ide.page.getByRole('region', { name: 'Headers' }).locator('.ide-token-dots').waitFor()
    const widths = await ide.page
      .locator('.ide-hidden-token')
      .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().width))
    expect([widths.length > 0, Math.max(...widths)]).toEqual([true, 0])
    const token = ide.accountBar.getByText(/^eyJ/)
    expect(await token.isVisible()).toBe(false)
    await ide.accountBar.getByText('Token', { exact: true }).click()
    expect(await token.isVisible()).toBe(true)
  })

  test('shows the start of a query that Prettify reformats', async () => {
    const ide = await openWithToken()
    await ide.setEditorText(
      'operation.graphql',
      `query Long {${'\n\n a: book(id: 1) { title cost }'.repeat(60)}}`,
    )
    await ide.page.locator('.graphiql-query-editor .monaco-editor').hover()
    await ide.page.mouse.wheel(0, 10_000)
    const start = ide.page.getByText('query Long', { exact: true })
    await start.waitFor({ state: 'detached' })
    await ide.page.getByRole('button', { name: /Prettify/ }).click()
    await ide.page.locator('.graphiql-query-editor .view-line', { hasText: /^query.Long.\{$/ }).waitFor()
  })

  test.each([
    { id: 'ide/W01', width: 390 },
    { id: 'ide/W02', width: 768 },
  ])('$id fits a window of $width px', async ({ width }) => {
    await session.close()
    session = await openSession({ viewport: { width, height: 844 }, hasTouch: true })
    const ide = await openIde(session, service)
    await ide.signIn(AGATHA)
    await ide.page.getByText('Your token allows this operation.').waitFor()
    await ide.page.getByRole('button', { name: /Execute query/ }).tap()
    await ide.page.getByText('200 OK').waitFor()
    await ide.page.getByRole('button', { name: 'Show Scopes' }).tap()
    await ide.waitForPadlock('Query.book', 'open')
    const parts = [
      '.ide-top',
      '.graphiql-sidebar',
      '.graphiql-plugin',
      '.graphiql-query-editor',
      '.graphiql-editor-tool',
      '.graphiql-response',
    ]
    const boxes = await Promise.all(parts.map((part) => ide.page.locator(part).boundingBox()))
    let bottom = 0
    for (const box of boxes) {
      expect(box?.y).toBeGreaterThanOrEqual(bottom)
      expect(box?.width).toBeGreaterThan(width - 60)
      bottom = (box?.y ?? 0) + (box?.height ?? 0)
    }
    expect(await ide.page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    await ide.page.getByRole('button', { name: 'Open settings dialog' }).tap()
    const dialog = ide.page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Dark' }).waitFor()
    expect(await dialog.evaluate((part) => part.scrollWidth - part.clientWidth)).toBe(0)
  })
})
