import { NUMBER, numberedAsks } from '../ask.ts'
import { volume } from '../books.ts'
import { ADMIN, FIELDS, GRAPHQL, type RequestRow } from './row.ts'

const BODY = JSON.stringify({
  query: `mutation Add($input: AddBookInput!) { addBook(input: $input) { ${FIELDS} } }`,
  variables: { input: volume(NUMBER) },
})

/** Every request is another book; ours also writes a line of its audit log, and keeps an index of the titles' words. */
export const write: RequestRow = {
  ...GRAPHQL,
  name: 'write',
  title: 'a book is added',
  asks: async (issuer) => numberedAsks(BODY, await issuer.accessToken(ADMIN)),
  expected: (_, number) => ({
    status: 200,
    body: { data: { addBook: { id: 'another each time', ...volume(number) } } },
    without: (body) => body.replace(/"id":"\d+"/, '"id":"another each time"'),
  }),
}
