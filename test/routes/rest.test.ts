import { afterEach, expect, test } from '@jest/globals'
import { ADMIN_SCOPE, postBody, type Service, startService } from '../support/service.ts'

let service: Service
afterEach(() => service.close())

const BOOK = JSON.stringify({ title: 'Curtain', author: 'Agatha Christie', cost: 7.99, num_pages: 250 })

type LocationCase = {
  readonly id: string
  readonly title: string
  readonly settings: Record<string, string>
  readonly location: string
}

const LOCATIONS: readonly LocationCase[] = [
  { id: 'rest/L01', title: 'at the root', settings: {}, location: '/books/6' },
  {
    id: 'rest/L02',
    title: 'below a path',
    settings: { API_URL: 'https://example.com/api' },
    location: '/api/books/6',
  },
]

test.each(LOCATIONS)('$id names a new book’s path when the API is served $title', async (row) => {
  service = await startService(row.settings)
  const url = `${service.apiUrl}/books`
  const { status, headers } = await postBody(url, BOOK, await service.tokenFor(ADMIN_SCOPE))
  expect([status, headers.get('location')]).toEqual([201, row.location])
})
