import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { AGATHA } from '../../support/demo-accounts.ts'
import { type BrowserSession, closeSession, describeInBrowser } from '../../support/describe-in-browser.ts'
import { type IdePage, openIde } from '../../support/ide/ide-page.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, startService } from '../../support/service.ts'

const runFile = promisify(execFile)

const BOOK = '{ book(id: 1) { title addedBy addedAt } }'
const MUTATION = 'mutation { addBook(input: { title: "t", author: "a", cost: 1, numPages: 1 }) { id } }'
const PARTIAL = { book: { title: 'And Then There Were None', addedBy: null, addedAt: null } }

let strict: Service
let lenient: Service
beforeAll(async () => {
  strict = await startService()
  lenient = await startService({ DENIED_FIELDS: 'null' })
})
afterAll(async () => {
  await strict?.close()
  await lenient?.close()
})

describeInBrowser('denied fields in the IDE', (openSession) => {
  let session: BrowserSession
  beforeEach(async () => {
    session = await openSession()
  })
  afterEach(() => closeSession(session))

  const openWithToken = async (service: Service, headers: Readonly<Record<string, string>> = {}) => {
    const ide = await openIde(session, service)
    const Authorization = `Bearer ${await service.tokenFor(READ_SCOPE)}`
    await ide.setEditorText('request-headers.json', JSON.stringify({ Authorization, ...headers }))
    await ide.waitForPadlock('Query.book', 'open')
    await ide.setEditorText('operation.graphql', BOOK)
    await ide.page.getByText('Book.addedBy and Book.addedAt require').waitFor()
    return ide
  }
  /** Executes the operation, and returns the preference that was sent with it. */
  const executeAndReadPreference = async (ide: IdePage) => {
    const request = ide.page.waitForRequest((sent) => sent.method() === 'POST')
    const response = JSON.parse(await ide.execute())
    return { prefer: (await request).headers().prefer, response }
  }

  test('ide/L20 rejects the request by default, and returns null on request', async () => {
    const ide = await openWithToken(strict)
    expect(await ide.page.getByRole('radio', { checked: true }).count()).toBe(1)
    await ide.page
      .getByText('This operation will be rejected: Book.addedBy and Book.addedAt require fakebookapi.admin.')
      .waitFor()
    const rejected = await executeAndReadPreference(ide)
    expect(rejected).toMatchObject({ prefer: 'handling=strict', response: { errors: [{}, {}] } })
    expect(rejected.response.data).toBeUndefined()
    await ide.noticeLine.getByText('nothing was executed: your token lacks fakebookapi.admin.').waitFor()
    await ide.page.getByText('403 Forbidden, denied: Book.addedBy, Book.addedAt').waitFor()

    await ide.chooseDeniedFields('return null')
    await ide.page
      .getByText('Denied fields will be null: Book.addedBy and Book.addedAt require fakebookapi.admin.')
      .waitFor()
    const partial = await executeAndReadPreference(ide)
    expect(partial).toMatchObject({
      prefer: 'handling=lenient',
      response: { data: PARTIAL, errors: [{}, {}] },
    })
    expect(Object.keys(partial.response)[0]).toBe('data')
    await ide.noticeLine.getByText('which are null: your token lacks fakebookapi.admin.').waitFor()
    await ide.page.getByText('200 OK, denied: Book.addedBy, Book.addedAt').waitFor()

    await ide.setEditorText('operation.graphql', '{ book(id: 1) { title } }')
    await ide.execute()
    await ide.page.getByText(/^200 OK · /).waitFor()
    expect(await ide.noticeLine.textContent()).toBe('')
  })

  test('ide/L21 offers to request the missing scopes, and keeps the choice', async () => {
    const ide = await openIde(session, strict)
    await ide.signIn(AGATHA)
    await ide.waitForPadlock('Query.book', 'open')
    await ide.chooseDeniedFields('return null')
    await ide.openExample('Who added it?')
    await ide.execute()
    await ide.page.getByText('200 OK, denied').waitFor()
    await ide.noticeLine.getByRole('button', { name: `Request ${ADMIN_SCOPE}` }).click()
    await ide.noticeLine.getByText('Signed in as Agatha Christie').waitFor()
    await ide.waitUntilReady()
    await ide.waitForPadlock('Book.addedBy', 'open')
    expect(await ide.padlockState('Query.book')).toBe('open')
    expect(await ide.page.getByLabel('return null').isChecked()).toBe(true)
    await ide.page.getByText('Your token allows this operation.').waitFor()
    expect(JSON.parse(await ide.execute()).errors).toBeUndefined()
  })

  test('ide/L22 starts with the setting of the API, and remembers another choice', async () => {
    const ide = await openWithToken(lenient)
    expect(await ide.page.getByLabel('return null').isChecked()).toBe(true)
    expect(await executeAndReadPreference(ide)).toMatchObject({
      prefer: 'handling=lenient',
      response: { data: PARTIAL },
    })
    await ide.page.getByLabel('return null').focus()
    await ide.page.keyboard.press('ArrowLeft')
    await ide.page.getByText('This operation will be rejected').waitFor()
    expect((await executeAndReadPreference(ide)).prefer).toBe('handling=strict')
    await ide.page.reload()
    await ide.waitUntilReady()
    expect(await ide.page.getByLabel('reject the request').isChecked()).toBe(true)
    await ide.page.evaluate(() => localStorage.setItem('graphiql:deniedFields', 'other'))
    await ide.page.reload()
    await ide.waitUntilReady()
    expect(await ide.page.getByLabel('return null').isChecked()).toBe(true)
  })

  test('ide/L23 predicts and shows that mutations and requests without a token are rejected', async () => {
    const ide = await openWithToken(lenient)
    await ide.setEditorText('operation.graphql', MUTATION)
    await ide.page.getByText('This operation will be rejected: Mutation.addBook').waitFor()
    await ide.execute()
    await ide.page.getByText('403 Forbidden, denied: Mutation.addBook').waitFor()
    await ide.noticeLine.getByText('nothing was executed').waitFor()
    await ide.setEditorText('operation.graphql', BOOK)
    await ide.page.getByText('Denied fields will be null').waitFor()
    await ide.setEditorText('request-headers.json', '')
    await ide.page.getByText('This operation will be rejected: Query.book and').waitFor()
    await ide.execute()
    await ide.page.getByText(/^401 Unauthorized · /).waitFor()
    await ide.noticeLine.getByRole('button', { name: 'Sign in' }).waitFor()
  })

  test('ide/L24 sends a preference in the header editor first', async () => {
    const ide = await openWithToken(lenient, { Prefer: 'handling=strict' })
    const { prefer, response } = await executeAndReadPreference(ide)
    expect(prefer).toBe('handling=strict, handling=lenient')
    expect(response.data).toBeUndefined()
  })

  test('ide/L25 copies the preference to a curl command', async () => {
    await session.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const ide = await openWithToken(strict)
    await ide.chooseDeniedFields('return null')
    await ide.page.getByRole('button', { name: 'Copy as cURL' }).click()
    await ide.noticeLine.getByText('Copied.').waitFor()
    const command = await ide.page.evaluate<string>('navigator.clipboard.readText()')
    expect(command).toContain("-H 'prefer: handling=lenient'")
    const env = { ...process.env, ACCESS_TOKEN: await strict.tokenFor(READ_SCOPE) }
    const { stdout } = await runFile('sh', ['-c', command], { env })
    expect(JSON.parse(stdout).data).toEqual(PARTIAL)
  })
})
