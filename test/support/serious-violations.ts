import axe from 'axe-core'
import type { Page } from 'playwright-core'

/**
 * Returns the serious and critical accessibility violations that axe-core finds in a page.
 * @param excludedSelectors parts of the page that come from libraries
 */
export async function seriousViolations(
  page: Page,
  excludedSelectors: readonly string[] = [],
): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate((exclude) => axe.run({ exclude }), [...excludedSelectors])
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}
