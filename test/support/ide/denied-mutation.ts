import { AGATHA } from '../demo-accounts.ts'
import { ADMIN } from '../service.ts'
import type { IdePage } from './ide-page.ts'

/** Signed in to read, a mutation refused, and the offer to ask for what it needs: what the IDE is about in one picture. */
export async function refusedMutation(ide: IdePage): Promise<void> {
  await ide.bar.getByRole('button', { name: 'Sign in' }).click()
  await ide.enter(AGATHA)
  await ide.untilPadlock('Query.book', 'open')
  await ide.starter('Add a book')
  await ide.page.getByText('This operation will be refused').waitFor()
  await ide.run()
  await ide.notice.getByRole('button', { name: `Ask for ${ADMIN}` }).waitFor()
  await ide.page.mouse.move(0, 0)
}
