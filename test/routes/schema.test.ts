import { afterEach, expect, test } from '@jest/globals'
import { buildSchema } from 'graphql'
import { runCli } from '../support/cli-process.ts'
import { READ_SCOPE, type Service, startService } from '../support/service.ts'

let service: Service
afterEach(() => service.close())

const INTROSPECTION = '{ __schema { types { name } } }'

function sendBoth(token?: string) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return Promise.all([
    service.send(`${service.apiUrl}/schema.graphql`, { headers }),
    service.graphql(INTROSPECTION, token),
  ])
}

type IntrospectionCase = {
  readonly id: string
  readonly setting: 'open' | 'authenticated' | 'off'
  readonly hasToken: boolean
  readonly status: number
}

const CASES: readonly IntrospectionCase[] = [
  { id: 'sdl/S01', setting: 'open', hasToken: false, status: 200 },
  { id: 'sdl/S02', setting: 'open', hasToken: true, status: 200 },
  { id: 'sdl/S03', setting: 'authenticated', hasToken: false, status: 401 },
  { id: 'sdl/S04', setting: 'authenticated', hasToken: true, status: 200 },
  { id: 'sdl/S05', setting: 'off', hasToken: false, status: 400 },
  { id: 'sdl/S06', setting: 'off', hasToken: true, status: 400 },
]
test.each(CASES)('$id answers $status like introspection: $setting, token $hasToken', async (row) => {
  service = await startService({ INTROSPECTION: row.setting })
  const [sdl, introspection] = await sendBoth(row.hasToken ? await service.tokenFor(READ_SCOPE) : undefined)
  expect([sdl.status, introspection.status]).toEqual([row.status, row.status])
  expect(sdl.text.includes('addBooks')).toBe(row.status === 200)
  expect(sdl.headers.get('www-authenticate')).toBe(introspection.headers.get('www-authenticate'))
  expect(sdl.json.errors?.[0]?.extensions.code).toBe(introspection.json.errors?.[0]?.extensions.code)
})

test('sdl/S07 rejects an invalid token, although introspection is open', async () => {
  service = await startService()
  const [sdl] = await sendBoth('a.b.c')
  expect([sdl.status, sdl.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('error="invalid_token"'),
  ])
})

test('sdl/S08 serves what the schema command prints, with the directives', async () => {
  service = await startService()
  const { headers, text } = await service.send(`${service.apiUrl}/schema.graphql`)
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'application/graphql; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  expect(await runCli(['schema'])).toMatchObject({ status: 0, stdout: text, stderr: '' })
  expect(text).toContain('addedBy: String @requiresScope(scopes: "fakebookapi.admin")')
  expect(text).toContain('totalCount: Int! @cost(weight: "500")')
  expect(buildSchema(text).getType('Book')).toBeDefined()
})
