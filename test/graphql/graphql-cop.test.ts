import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { GRAPHQL_COP_CHECKS } from '../cases/graphql/graphql-cop.ts'
import { READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'

let production: Service
beforeAll(async () => {
  production = await startService({ NODE_ENV: 'production' })
})
afterAll(() => production.close())

test.each(GRAPHQL_COP_CHECKS)('%s a scanner does not find %s', async (_, __, sent, found) => {
  const { search, body, form, accept = '*/*' } = sent
  const address = `${production.apiUrl}/graphql`
  const reply =
    search !== undefined
      ? await sendRequest(search ? `${address}?${new URLSearchParams({ query: search })}` : address, {
          headers: { accept },
        })
      : await sendRequest(address, {
          method: 'POST',
          headers: { accept, ...(form === undefined && { 'content-type': 'application/json' }) },
          body: form === undefined ? JSON.stringify(body) : new URLSearchParams({ query: form }),
        })
  expect(found(reply)).toBe(false)
  expect(reply.status).toBeLessThan(500)
})

test('the rows can find: in development the schema is open, and a query is answered', async () => {
  const development = await startService()
  const found = (id: string) => GRAPHQL_COP_CHECKS.find(([one]) => one === id)?.[3]
  const schema = await development.graphql('{ __schema { types { name } } }')
  const name = await development.graphql('{ __typename }')
  expect([found('G02')?.(schema), found('G09')?.(schema), found('G04')?.(name)]).toEqual([true, true, true])
  await development.close()
})

test('a directive that may not be repeated is refused where it is, before validation', async () => {
  const token = await production.tokenFor(READ_SCOPE)
  const twice = '{ book(id: 1) { id @skip(if: false) @skip(if: false) } }'
  const { status, json } = await production.graphql(twice, token)
  expect([status, json.errors?.map(({ message }) => message)]).toEqual([
    400,
    ['@skip must not be repeated in one location.'],
  ])
})
