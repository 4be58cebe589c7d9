import { expect } from '@jest/globals'
import type { Page } from 'playwright-core'
import type { BrowserSession } from '../describe-in-browser.ts'
import type { Service } from '../service.ts'

type Editor = 'operation.graphql' | 'request-headers.json' | 'response.json'
type Monaco = {
  readonly editor: {
    getModels(): {
      readonly uri: { readonly path: string }
      getValue(): string
      setValue(text: string): void
    }[]
  }
}
/** Where GraphiQL leaves its editor: the page shows only the lines that fit. */
type WithMonaco = { readonly __MONACO?: Monaco }

/** The IDE in a browser, and what a person does with it. */
export async function openIde(
  { context }: Pick<BrowserSession, 'context'>,
  service: Pick<Service, 'apiUrl'>,
) {
  const page = await context.newPage()
  await page.goto(`${service.apiUrl}/graphql`)
  const ide = idePage(page)
  await ide.waitUntilReady()
  return ide
}

/**
 * Closes the browser's window, then says whether anything was asked for elsewhere, or complained of.
 * @param service is closed behind it: what a page still loads would fail, and be complained of
 */
export async function closeSession(
  visitor: BrowserSession,
  complaints: readonly string[] = [],
  service?: Pick<Service, 'close'>,
): Promise<void> {
  await visitor.close()
  await service?.close()
  expect([visitor.externalRequests, visitor.consoleErrors]).toEqual([[], complaints])
}

export type IdePage = ReturnType<typeof idePage>

function idePage(page: Page) {
  const editorText = (editor: Editor) => page.evaluate(textIn, editor)
  const noticeLine = page.locator('.ide-notice')
  return {
    page,
    noticeLine,
    accountBar: page.locator('.ide-bar'),
    editorText,
    /** The page can be worked with, again after the way to the issuer. */
    waitUntilReady: () => page.waitForFunction(hasEditors),
    setEditorText: (editor: Editor, value: string) => page.evaluate(setValueOf, [editor, value] as const),
    openExample: (name: string) => page.getByRole('navigation').getByRole('button', { name }).click(),
    /** Runs what stands there, and gives what comes back. */
    async execute(): Promise<string> {
      await page.evaluate(setValueOf, ['response.json', ''] as const)
      await page.getByRole('button', { name: /Execute query/ }).click()
      await page.waitForFunction(hasText, 'response.json' as const)
      return editorText('response.json')
    },
    /** At the issuer's own page. */
    async submitCredentials(person: { readonly login: string; readonly password: string }) {
      await page.fill('#login', person.login)
      await page.fill('#password', person.password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForFunction(hasEditors)
    },
    /** The state of a field's padlock in the Scopes panel; null where it has none. */
    padlockState: async (coordinate: string) => {
      const row = page.locator(`[data-coordinate="${coordinate}"]`)
      return (await row.count()) === 0 ? null : row.getAttribute('data-state')
    },
    /** Waits until that padlock is as expected. */
    waitForPadlock: (coordinate: string, state: 'open' | 'shut') =>
      page.locator(`[data-coordinate="${coordinate}"][data-state="${state}"]`).waitFor(),
  }
}

// These run in the page.

function textIn(name: string): string {
  const models = (globalThis as WithMonaco).__MONACO?.editor.getModels() ?? []
  return models.find(({ uri }) => uri.path.endsWith(name))?.getValue() ?? ''
}

function setValueOf([name, value]: readonly [string, string]): void {
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
