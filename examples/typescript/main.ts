import { randomUUID } from 'node:crypto'
import { ApiError, requestToken } from './api'
import { addBook, findAddition, listBooks } from './books'

const CURTAIN = { title: 'Curtain', author: 'Agatha Christie', cost: 7.99, numPages: 250 }

async function main(): Promise<void> {
  const readToken = await requestToken('fakebookapi.read')
  for (const { id, title, author, cost } of await listBooks(readToken, 2))
    console.log(`${id}. ${title}, ${author}: $${cost.toFixed(2)}`)

  // Step-up: the challenge of a 403 names the scopes to request.
  const idempotencyKey = randomUUID()
  try {
    await addBook(readToken, CURTAIN, idempotencyKey)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error
    console.log(`403: ${error.message}`)
    const adminToken = await requestToken(`fakebookapi.read ${error.requiredScopes}`)
    const { id, title } = await addBook(adminToken, CURTAIN, idempotencyKey)
    const addition = await findAddition(adminToken, id)
    console.log(`Added ${id}. ${title} as ${addition?.addedBy}.`)
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
