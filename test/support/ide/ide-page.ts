import type { Page } from 'playwright-core'
import type { BrowserSession } from '../describe-in-browser.ts'
import type { Service } from '../service.ts'

type Account = { readonly login: string; readonly password: string }
type Editor = 'operation.graphql' | 'variables.json' | 'request-headers.json' | 'response.json'
type Monaco = {
  readonly editor: {
    getModels(): {
      readonly uri: { readonly path: string }
      getValue(): string
      setValue(text: string): void
      getValueInRange(range: object): string
    }[]
    getModelMarkers(filter: { owner: string }): { readonly message: string }[]
  }
}
/** GraphiQL's global editor: the DOM contains only the visible lines. */
type WithMonaco = { readonly __MONACO?: Monaco }

/** Opens the IDE in a browser and waits until it is ready. */
export async function openIde(
  { context }: Pick<BrowserSession, 'context'>,
  service: Pick<Service, 'apiUrl'>,
  search = '',
) {
  const page = await context.newPage()
  await page.goto(`${service.apiUrl}/graphql${search}`)
  const ide = idePage(page)
  await ide.waitUntilReady()
  return ide
}

export type IdePage = ReturnType<typeof idePage>

function idePage(page: Page) {
  const editorText = (editor: Editor) => page.evaluate(readEditor, editor)
  const noticeLine = page.locator('.ide-notice')

  /** Signs in on the page of the authorization server, and waits for the redirect to the IDE. */
  async function submitCredentials({ login, password }: Account): Promise<void> {
    await page.fill('#login', login)
    await page.fill('#password', password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForFunction(hasEditors)
  }

  return {
    page,
    noticeLine,
    accountBar: page.locator('.ide-bar'),
    editorText,
    /** Waits until the editors are loaded, also after a redirect. */
    waitUntilReady: () => page.waitForFunction(hasEditors),
    setEditorText: (editor: Editor, value: string) => page.evaluate(writeEditor, [editor, value] as const),
    /** Returns the underlined texts of the query with their messages. */
    markers: () => page.evaluate(readMarkers),
    openExample: (name: string) => page.getByRole('navigation').getByRole('button', { name }).click(),
    /** Selects how the API handles denied fields. */
    chooseDeniedFields: (choice: 'reject the request' | 'return null') => page.getByLabel(choice).check(),
    /** Executes the operation in the editor and returns the response. */
    async execute(): Promise<string> {
      await page.evaluate(writeEditor, ['response.json', ''] as const)
      await page.getByRole('button', { name: /Execute query/ }).click()
      await page.waitForFunction(hasText, 'response.json' as const)
      return editorText('response.json')
    },
    /** Starts a sign-in with the button in the account bar, and completes it. */
    async signIn(account: Account) {
      await page.locator('.ide-bar').getByRole('button', { name: 'Sign in' }).click()
      await submitCredentials(account)
    },
    submitCredentials,
    /** Returns the state of a field's padlock in the Scopes panel, or null. */
    padlockState: async (coordinate: string) => {
      const row = page.locator(`[data-coordinate="${coordinate}"]`)
      return (await row.count()) === 0 ? null : row.getAttribute('data-state')
    },
    waitForPadlock: (coordinate: string, state: 'open' | 'locked') =>
      page.locator(`[data-coordinate="${coordinate}"][data-state="${state}"]`).waitFor(),
  }
}

// The following functions run in the browser.

function readEditor(name: string): string {
  const models = (globalThis as WithMonaco).__MONACO?.editor.getModels() ?? []
  return models.find(({ uri }) => uri.path.endsWith(name))?.getValue() ?? ''
}

function readMarkers() {
  const editor = (globalThis as WithMonaco).__MONACO?.editor
  const model = editor?.getModels().find(({ uri }) => uri.path.endsWith('operation.graphql'))
  const markers = editor?.getModelMarkers({ owner: 'scopes' }) ?? []
  return markers.map((marker) => ({ text: model?.getValueInRange(marker), message: marker.message }))
}

function writeEditor([name, value]: readonly [string, string]): void {
  const models = (globalThis as WithMonaco).__MONACO?.editor.getModels() ?? []
  models.find(({ uri }) => uri.path.endsWith(name))?.setValue(value)
}

function hasText(name: string): boolean {
  const models = (globalThis as WithMonaco).__MONACO?.editor.getModels() ?? []
  return (models.find(({ uri }) => uri.path.endsWith(name))?.getValue() ?? '') !== ''
}

function hasEditors(): boolean {
  const models = (globalThis as WithMonaco).__MONACO?.editor.getModels() ?? []
  const names = ['operation.graphql', 'request-headers.json', 'response.json']
  return names.every((name) => models.some(({ uri }) => uri.path.endsWith(name)))
}
