import { BOOK_FORM, type WebClient } from './web-client.ts'

/** Signs in, opens every page and adds a book. */
export async function visitEveryPage(client: WebClient): Promise<void> {
  await client.signIn()
  for (const path of ['/books', '/books/1', '/profile', '/books/new', '/nowhere', '/callback?code=x&state=y'])
    await client.navigate(path)
  await client.submitForm('/books/new', { ...BOOK_FORM, _csrf: await client.csrfToken() })
  await client.navigate('/profile')
}
