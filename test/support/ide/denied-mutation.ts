import { AGATHA } from '../demo-accounts.ts'
import { ADMIN_SCOPE } from '../service.ts'
import type { IdePage } from './ide-page.ts'

/** Signs in with the read scope and runs a mutation, so that the IDE offers to request the missing scope. */
export async function showDeniedMutation(ide: IdePage): Promise<void> {
  await ide.signIn(AGATHA)
  await ide.page.getByText('Your token allows this operation.').waitFor()
  await ide.openExample('Add a book')
  await ide.page.getByText('This operation will be rejected').waitFor()
  await ide.execute()
  await ide.noticeLine.getByRole('button', { name: `Request ${ADMIN_SCOPE}` }).waitFor()
  await ide.page.mouse.move(0, 0)
}
