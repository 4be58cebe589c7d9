import { AGATHA } from '../demo-accounts.ts'
import { ADMIN_SCOPE } from '../service.ts'
import type { IdePage } from './ide-page.ts'

/** Signed in to read, a mutation refused, and the offer to ask for what it needs: what the IDE is about in one picture. */
export async function showDeniedMutation(ide: IdePage): Promise<void> {
  await ide.accountBar.getByRole('button', { name: 'Sign in' }).click()
  await ide.submitCredentials(AGATHA)
  await ide.waitForPadlock('Query.book', 'open')
  await ide.openExample('Add a book')
  await ide.page.getByText('This operation will be refused').waitFor()
  await ide.execute()
  await ide.noticeLine.getByRole('button', { name: `Ask for ${ADMIN_SCOPE}` }).waitFor()
  await ide.page.mouse.move(0, 0)
}
