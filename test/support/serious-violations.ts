import axe from 'axe-core'
import type { Page } from 'playwright-core'

/**
 * What axe-core finds serious or critical in a page as it stands.
 * @param excludedSelectors selectors of parts that are not ours
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
