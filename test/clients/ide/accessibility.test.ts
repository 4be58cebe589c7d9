import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeInBrowser } from '../../support/describe-in-browser.ts'
import { showDeniedMutation } from '../../support/ide/denied-mutation.ts'
import { openIde } from '../../support/ide/ide-page.ts'
import { seriousViolations } from '../../support/serious-violations.ts'
import { type Service, startService } from '../../support/service.ts'

/**
 * What GraphiQL and its editor bring along: line numbers of faint colour (color-contrast), and a tab that has its close button
 * inside (nested-interactive).
 */
const NOT_OURS = ['.monaco-editor', '.graphiql-tab']

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.close())

describeInBrowser('axe finds nothing serious', (newVisitor) => {
  test.each(['light', 'dark'] as const)('where it is %s', async (colorScheme) => {
    const visitor = await newVisitor({ colorScheme })
    const ide = await openIde(visitor, service)
    await showDeniedMutation(ide)
    expect(await seriousViolations(ide.page, NOT_OURS)).toEqual([])
    await visitor.close()
  })
})
