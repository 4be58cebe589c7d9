import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { GRAPHQL_COP_CHECKS } from '../cases/graphql/graphql-cop.ts'
import { READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'

let production: Service
beforeAll(async () => {
  production = await startService({ NODE_ENV: 'production' })
})
afterAll(() => production.close())

test.each(GRAPHQL_COP_CHECKS)('$id the scanner does not find $title', async ({ sent, finds }) => {
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
  expect(finds(reply)).toBe(false)
  expect(reply.status).toBeLessThan(500)
})

test('the checks can find something: in development introspection is open', async () => {
  const development = await startService()
  const findsBy = (id: string) => GRAPHQL_COP_CHECKS.find((check) => check.id === `graphql-cop/${id}`)?.finds
  const schema = await development.graphql('{ __schema { types { name } } }')
  const name = await development.graphql('{ __typename }')
  expect([findsBy('G02')?.(schema), findsBy('G09')?.(schema), findsBy('G04')?.(name)]).toEqual([
    true,
    true,
    true,
  ])
  await development.close()
})

test('rejects a repeated directive before validation', async () => {
  const token = await production.tokenFor(READ_SCOPE)
  const twice = '{ book(id: 1) { id @skip(if: false) @skip(if: false) } }'
  const { status, json } = await production.graphql(twice, token)
  expect([status, json.errors?.map(({ message }) => message)]).toEqual([
    400,
    ['@skip must not be repeated in one location.'],
  ])
})
