import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeInBrowser } from '../real-browser.ts'
import { type Service, startService } from '../service.ts'
import { openIde } from './page.ts'
import { refusedMutation } from './scene.ts'

const require = createRequire(import.meta.url)
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/**
 * What GraphiQL and its editor bring along: line numbers of faint colour (color-contrast), and a tab that has its close button
 * inside (nested-interactive).
 */
const NOT_OURS = ['.monaco-editor', '.graphiql-tab']

type Axe = {
  readonly axe: {
    run(context: { exclude: string[] }): Promise<{
      violations: { id: string; impact: string; nodes: { target: string[] }[] }[]
    }>
  }
}

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.close())

describeInBrowser('axe finds nothing serious', (newVisitor) => {
  test.each(['light', 'dark'] as const)('where it is %s', async (colorScheme) => {
    const visitor = await newVisitor({ colorScheme })
    const ide = await openIde(visitor, service)
    await refusedMutation(ide)
    await ide.page.evaluate(AXE)
    const { violations } = await ide.page.evaluate(
      (exclude) => (globalThis as unknown as Axe).axe.run({ exclude }),
      [...NOT_OURS],
    )
    const found = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target.join(' ')}`))
    expect(found).toEqual([])
    await visitor.close()
  })
})
