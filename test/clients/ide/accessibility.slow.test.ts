import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeInBrowser } from '../../support/describe-in-browser.ts'
import { showDeniedMutation } from '../../support/ide/denied-mutation.ts'
import { openIde } from '../../support/ide/ide-page.ts'
import { seriousViolations } from '../../support/serious-violations.ts'
import { type Service, startService } from '../../support/service.ts'

/** GraphiQL's own violations: the color of line numbers (color-contrast), close buttons in tabs (nested-interactive). */
const GRAPHIQL_SELECTORS = ['.monaco-editor', '.graphiql-tab']

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.close())

describeInBrowser('accessibility of the IDE', (openSession) => {
  test.each([
    { id: 'ide/V01', colorScheme: 'light', width: 1_280 },
    { id: 'ide/V02', colorScheme: 'dark', width: 1_280 },
    { id: 'ide/V03', colorScheme: 'light', width: 390 },
    { id: 'ide/V04', colorScheme: 'dark', width: 390 },
  ] as const)('$id has no serious violations in $colorScheme mode at $width px', async (row) => {
    const { colorScheme, width } = row
    const session = await openSession({ colorScheme, viewport: { width, height: 800 } })
    const ide = await openIde(session, service)
    await ide.execute()
    await ide.noticeLine.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(await ide.page.locator('.ide-top button.main').count()).toBe(1)
    await showDeniedMutation(ide)
    await ide.page.getByText('403 Forbidden').waitFor()
    expect(await seriousViolations(ide.page, GRAPHIQL_SELECTORS)).toEqual([])
    await ide.chooseDeniedFields('return null')
    await ide.openExample('Who added it?')
    await ide.page.getByText('Denied fields will be null').waitFor()
    await ide.execute()
    await ide.page.getByText('200 OK, denied').waitFor()
    expect(await seriousViolations(ide.page, GRAPHIQL_SELECTORS)).toEqual([])
    await ide.openExample('Read a book')
    await ide.page.getByText('Your token allows this operation.').waitFor()
    await ide.execute()
    await ide.page.getByText('200 OK').waitFor()
    await ide.page.getByRole('button', { name: 'Show History' }).click()
    await ide.accountBar.getByText('Token', { exact: true }).click()
    expect(await seriousViolations(ide.page, GRAPHIQL_SELECTORS)).toEqual([])
    await ide.page.getByRole('button', { name: 'Show Documentation' }).click()
    await ide.page.locator('.graphiql-plugin').getByText('Query', { exact: true }).click()
    await ide.page.locator('.graphiql-doc-explorer-default-value').waitFor()
    expect(await seriousViolations(ide.page, GRAPHIQL_SELECTORS)).toEqual([])
    await session.close()
  })
})
