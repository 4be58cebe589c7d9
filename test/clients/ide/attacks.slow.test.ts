import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { AGATHA } from '../../support/demo-accounts.ts'
import { type BrowserSession, closeSession, describeInBrowser } from '../../support/describe-in-browser.ts'
import { type IdePage, openIde } from '../../support/ide/ide-page.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, startService } from '../../support/service.ts'

const MARKUP = '<img src=x onerror="document.title=1"><script>document.title=1</script>'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.close())

describeInBrowser('attacks on the IDE', (openSession) => {
  let session: BrowserSession
  let ide: IdePage
  let expectedErrors: readonly string[]
  beforeEach(async () => {
    session = await openSession()
    expectedErrors = []
    ide = await openIde(session, service)
  })
  afterEach(async () => {
    const title = await ide.page.title()
    await closeSession(session, expectedErrors)
    expect(title).toBe('FakeBook API')
  })

  /** Starts a sign-in, and returns the `state` of its response. */
  async function startSignIn(): Promise<string> {
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.page.locator('#login').waitFor()
    await ide.page.goto(`${service.apiUrl}/graphql`)
    await ide.waitUntilReady()
    const pending = await ide.page.evaluate(() => sessionStorage.getItem('fakebook-ide.pending'))
    return JSON.parse(pending ?? '{}').state
  }

  const openCallback = async (parameters: Record<string, string>) => {
    await ide.page.goto(`${service.apiUrl}/graphql?${new URLSearchParams(parameters)}`)
    await ide.waitUntilReady()
  }

  test('ide/A60 shows markup in a response as text', async () => {
    const token = await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)
    const input = { title: MARKUP, author: MARKUP, cost: 1, numPages: 1 }
    const add = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
    const { json } = await service.graphql(add, token, { input })
    const { id } = Object(json.data).addBook as { id: string }
    await ide.setEditorText('request-headers.json', JSON.stringify({ Authorization: `Bearer ${token}` }))
    await ide.waitForPadlock('Query.book', 'open')
    await ide.setEditorText('operation.graphql', `{ book(id: ${id}) { title author } }`)
    await ide.page.getByText('Your token allows this operation.').waitFor()
    expect(JSON.parse(await ide.execute())).toEqual({ data: { book: { title: MARKUP, author: MARKUP } } })
    expect(await ide.page.locator('.graphiql-response img').count()).toBe(0)
  })

  test('ide/A61 shows markup in an error of the authorization server as text', async () => {
    const state = await startSignIn()
    await openCallback({ state, error: 'access_denied', error_description: MARKUP, iss: service.issuerUrl })
    await ide.noticeLine.getByText('denied the request for').waitFor()
    expect(await ide.noticeLine.textContent()).toContain(MARKUP)
    expect(await ide.noticeLine.locator('img, script').count()).toBe(0)
  })

  test('ide/A62 rejects an unsolicited response and does not show its texts', async () => {
    await openCallback({ state: 'forged', error: 'x', error_description: 'Call 555-0100 at once' })
    await ide.noticeLine.getByText('does not match a sign-in').waitFor()
    expect(await ide.page.textContent('body')).not.toContain('555-0100')
    await startSignIn()
    await openCallback({ state: 'forged', code: 'c', iss: service.issuerUrl })
    await ide.noticeLine.getByText('does not match a sign-in').waitFor()
    await openCallback({ code: 'c' })
    await ide.noticeLine.getByText('does not match a sign-in').waitFor()
    expect(new URL(ide.page.url()).search).toBe('')
  })

  test('ide/A63 rejects a response of another issuer (RFC 9207)', async () => {
    const state = await startSignIn()
    const requestedPaths: string[] = []
    ide.page.on('request', (request) => requestedPaths.push(new URL(request.url()).pathname))
    await openCallback({ state, code: 'c', iss: 'https://attacker.example/oauth2/default' })
    await ide.noticeLine.getByText('invalid response').waitFor()
    expect(requestedPaths.filter((path) => path.endsWith('/v1/token'))).toEqual([])
  })

  test('ide/A64 rejects a response that is replayed from the history', async () => {
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    const callback = ide.page.waitForRequest((request) => request.url().includes('/graphql?code='))
    await ide.submitCredentials(AGATHA)
    await ide.noticeLine.getByText('Signed in as').waitFor()
    await ide.page.goto((await callback).url())
    await ide.waitUntilReady()
    await ide.noticeLine.getByText('does not match a sign-in').waitFor()
    await ide.waitForPadlock('Query.book', 'open')
  })

  test('ide/A65 makes a stolen code useless without the code verifier', async () => {
    await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
    await ide.page.route(`${service.apiUrl}/graphql?code=*`, (route) => route.abort())
    await ide.page.fill('#login', AGATHA.login)
    await ide.page.fill('#password', AGATHA.password)
    const callback = ide.page.waitForRequest((request) => request.url().includes('/graphql?code='))
    await ide.page.getByRole('button', { name: 'Sign in' }).click()
    const code = new URL((await callback).url()).searchParams.get('code') ?? ''
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

  test('ide/A66 blocks an injected script', async () => {
    const violatedDirective = await ide.page.evaluate(`new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective))
      const script = document.createElement('script')
      script.textContent = 'document.title = "ran"'
      document.body.append(script)
    })`)
    expect(violatedDirective).toMatch(/^script-src/)
    expect(session.consoleErrors.map((message) => message.includes('Content Security Policy'))).toEqual([
      true,
    ])
    expectedErrors = session.consoleErrors
  })

  test('ide/A67 shows claims of a pasted token as text that keeps to its place', async () => {
    const longName = 'x'.repeat(2_000) + MARKUP
    const claims = { sub: longName, cid: longName, scp: [READ_SCOPE, MARKUP] }
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
    await ide.setEditorText(
      'request-headers.json',
      JSON.stringify({ Authorization: `Bearer e30.${payload}.c2ln` }),
    )
    await ide.accountBar.getByText('not verified').waitFor()
    expect(await ide.accountBar.locator('img, script').count()).toBe(0)
    const heading = await ide.accountBar.getByRole('heading').boundingBox()
    for (const text of await ide.accountBar.locator('strong, .ide-detail').all())
      expect((await text.boundingBox())?.x).toBeGreaterThan((heading?.x ?? 0) + (heading?.width ?? 0))
  })

  test('ide/A68 works with a damaged history and a full storage', async () => {
    await ide.page.evaluate(() => localStorage.setItem('graphiql:operations', '{'))
    await ide.page.reload()
    await ide.waitUntilReady()
    await ide.page.evaluate(() => {
      for (let length = 1 << 22; length >= 1; length >>= 1)
        try {
          localStorage.setItem(`filler ${length}`, 'x'.repeat(length))
        } catch {
          // The rest is filled with shorter texts.
        }
    })
    await ide.setEditorText('operation.graphql', '{ __typename }')
    expect(JSON.parse(await ide.execute())).toEqual({ data: { __typename: 'Query' } })
  })
})
