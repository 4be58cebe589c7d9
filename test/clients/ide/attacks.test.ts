import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { AGATHA } from '../../support/demo-accounts.ts'
import { type BrowserSession, describeInBrowser } from '../../support/describe-in-browser.ts'
import { closeSession, type IdePage, openIde } from '../../support/ide/ide-page.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, startService } from '../../support/service.ts'

const SCRIPT = '<img src=x onerror="document.title=1"><script>document.title=1</script>'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.close())

describeInBrowser('attacks on the IDE', (newVisitor) => {
  let visitor: BrowserSession
  let ide: IdePage
  let expected: readonly string[]
  beforeEach(async () => {
    visitor = await newVisitor()
    expected = []
    ide = await openIde(visitor, service)
  })
  afterEach(async () => {
    const title = await ide.page.title()
    await closeSession(visitor, expected)
    expect(title).toBe('FakeBook API')
  })

  /** A sign-in that has begun: what its answer must carry. */
  async function begun(): Promise<string> {
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.page.locator('#login').waitFor()
    await ide.page.goto(`${service.apiUrl}/graphql`)
    await ide.waitUntilReady()
    const pending = await ide.page.evaluate(() => sessionStorage.getItem('fakebook-ide.pending'))
    return JSON.parse(pending ?? '{}').state
  }

  const comeBack = async (parameters: Record<string, string>) => {
    await ide.page.goto(`${service.apiUrl}/graphql?${new URLSearchParams(parameters)}`)
    await ide.waitUntilReady()
  }

  test('A60 a book’s title with markup is text', async () => {
    const token = await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)
    const input = { title: SCRIPT, author: SCRIPT, cost: 1, numPages: 1 }
    const add = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
    const { json } = await service.graphql(add, token, { input })
    const { id } = Object(json.data).addBook as { id: string }
    await ide.setEditorText('request-headers.json', JSON.stringify({ Authorization: `Bearer ${token}` }))
    await ide.waitForPadlock('Query.book', 'open')
    await ide.setEditorText('operation.graphql', `{ book(id: ${id}) { title author } }`)
    await ide.page.getByText('Your token may run this operation.').waitFor()
    expect(JSON.parse(await ide.execute())).toEqual({ data: { book: { title: SCRIPT, author: SCRIPT } } })
    expect(await ide.page.locator('.graphiql-response img').count()).toBe(0)
  })

  test('A61 markup in the issuer’s error is text', async () => {
    const state = await begun()
    await comeBack({ state, error: 'access_denied', error_description: SCRIPT, iss: service.issuerUrl })
    await ide.noticeLine.getByText('You may not have all of').waitFor()
    expect(await ide.noticeLine.textContent()).toContain(SCRIPT)
    expect(await ide.noticeLine.locator('img, script').count()).toBe(0)
  })

  test('A62 an answer that nobody asked for is not taken, and its words are not shown', async () => {
    await comeBack({ state: 'forged', error: 'x', error_description: 'Call 555-0100 at once' })
    await ide.noticeLine.getByText('belongs to no sign-in').waitFor()
    expect(await ide.page.textContent('body')).not.toContain('555-0100')
    await begun()
    await comeBack({ state: 'forged', code: 'c', iss: service.issuerUrl })
    await ide.noticeLine.getByText('belongs to no sign-in').waitFor()
    await comeBack({ code: 'c' })
    await ide.noticeLine.getByText('belongs to no sign-in').waitFor()
    expect(new URL(ide.page.url()).search).toBe('')
  })

  test('A63 an answer of another issuer is not taken (RFC 9207)', async () => {
    const state = await begun()
    const asked: string[] = []
    ide.page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await comeBack({ state, code: 'c', iss: 'https://attacker.example/oauth2/default' })
    await ide.noticeLine.getByText('not right').waitFor()
    expect(asked.filter((path) => path.endsWith('/v1/token'))).toEqual([])
  })

  test('A64 the same answer again, from the browser’s history, finds no sign-in', async () => {
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    const answer = ide.page.waitForRequest((request) => request.url().includes('/graphql?code='))
    await ide.submitCredentials(AGATHA)
    await ide.noticeLine.getByText('You are signed in as').waitFor()
    await ide.page.goto((await answer).url())
    await ide.waitUntilReady()
    await ide.noticeLine.getByText('belongs to no sign-in').waitFor()
    await ide.waitForPadlock('Query.book', 'open')
  })

  test('A65 a code is worth nothing without this tab’s verifier', async () => {
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.page.route(`${service.apiUrl}/graphql?code=*`, (route) => route.abort())
    await ide.page.fill('#login', AGATHA.login)
    await ide.page.fill('#password', AGATHA.password)
    const stolen = ide.page.waitForRequest((request) => request.url().includes('/graphql?code='))
    await ide.page.getByRole('button', { name: 'Sign in' }).click()
    const code = new URL((await stolen).url()).searchParams.get('code') ?? ''
    const response = await fetch(`${service.issuerUrl}/v1/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'fakebook-ide',
        redirect_uri: `${service.apiUrl}/graphql`,
        code,
        code_verifier: 'a-guess-of-forty-three-characters-or-more-0000',
      }),
    })
    expect([response.status, await response.json()]).toMatchObject([400, { error: 'invalid_grant' }])
    await ide.page.unroute(`${service.apiUrl}/graphql?code=*`)
    await ide.page.goto(`${service.apiUrl}/graphql`)
  })

  test('A66 a script that gets into the page does not run', async () => {
    const refused = await ide.page.evaluate(`new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective))
      const script = document.createElement('script')
      script.textContent = 'document.title = "ran"'
      document.body.append(script)
    })`)
    expect(refused).toMatch(/^script-src/)
    expect(visitor.consoleErrors.map((words) => words.includes('Content Security Policy'))).toEqual([true])
    expected = visitor.consoleErrors
  })

  test('A67 what a pasted token calls itself is text, and stays in its place', async () => {
    const long = 'x'.repeat(2_000) + SCRIPT
    const claims = { sub: long, cid: long, scp: [READ_SCOPE, SCRIPT] }
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
    await ide.setEditorText(
      'request-headers.json',
      JSON.stringify({ Authorization: `Bearer e30.${payload}.c2ln` }),
    )
    await ide.accountBar.getByText('not verified here').waitFor()
    expect(await ide.accountBar.locator('img, script').count()).toBe(0)
    const heading = await ide.accountBar.getByRole('heading').boundingBox()
    for (const words of await ide.accountBar.locator('strong, .ide-detail').all())
      expect((await words.boundingBox())?.x).toBeGreaterThan((heading?.x ?? 0) + (heading?.width ?? 0))
  })
})
