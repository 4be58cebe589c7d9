import axe from 'axe-core'
import type { Page } from 'playwright-core'

/**
 * What axe-core finds serious or critical in a page as it stands, in light and in dark.
 * @param without selectors of parts that are not ours
 */
export async function seriousFindings(page: Page, without: readonly string[] = []): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.evaluate(axe.source)
    const context = { exclude: without.map((selector) => [selector]) }
    const { violations } = await page.evaluate((within) => axe.run(within), context)
    for (const { id, impact, nodes } of violations)
      if (impact === 'serious' || impact === 'critical')
        found.push(`${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  }
  return found
}
