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
  test.each(['light', 'dark'] as const)('has no serious violations in %s mode', async (colorScheme) => {
    const session = await openSession({ colorScheme })
    const ide = await openIde(session, service)
    await showDeniedMutation(ide)
    expect(await seriousViolations(ide.page, GRAPHIQL_SELECTORS)).toEqual([])
    await session.close()
  })
})
