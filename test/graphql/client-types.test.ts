import { generate } from '@graphql-codegen/cli'
import { afterEach, expect, test } from '@jest/globals'
import { isScalarType, isSpecifiedScalarType, printType } from 'graphql'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { scopesPreset } from '../../src/scopes/codegen.ts'
import { scopeDirectives } from '../../src/scopes/index.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, startService } from '../support/service.ts'

const BOOK_QUERY = '{ book(id: 1) { id title author cost numPages addedBy addedAt } }'

const PAGE_QUERY = 'query Page($first: Int, $after: ID) { books(first: $first, after: $after) { id } }'

let service: Service | undefined
afterEach(async () => {
  await service?.close()
  service = undefined
})

test('graphql/CT01 the stock client preset types every field of a book, and the variables of a page', async () => {
  const files: { filename: string; content: string }[] = await generate(
    {
      silent: true,
      schema: ['schema/*.graphql', scopeDirectives],
      documents: [`query OneBook ${BOOK_QUERY}`, PAGE_QUERY],
      generates: { 'out/': { preset: 'client' } },
    },
    false,
  )
  const types = files.find(({ filename }) => filename === 'out/graphql.ts')?.content
  expect(types).toContain(
    'export type OneBookQuery = { book: { id: string, title: string, author: string, cost: number, numPages: number, addedBy: string | null, addedAt: string | null } | null };',
  )
  expect(types).toContain('first?: number | null | undefined;')
})

test('graphql/CT02 every custom scalar names its specification, also in introspection', async () => {
  const scalars = Object.values(loadSchema().getTypeMap())
    .filter(isScalarType)
    .filter((type) => !isSpecifiedScalarType(type))
  expect(scalars.map(({ name }) => name)).toEqual(['Scope'])
  service = await startService()
  for (const { name, specifiedByURL } of scalars) {
    expect(specifiedByURL).toMatch(/^https:\/\//)
    const { json } = await service.graphql(`{ __type(name: "${name}") { specifiedByURL } }`)
    expect(json.data).toEqual({ __type: { specifiedByURL } })
  }
})

test('graphql/CT03 no field returns or accepts a custom scalar', () => {
  const { Scope, ...others } = loadSchema().getTypeMap()
  const types = Object.values(others)
    .filter(({ name }) => !name.startsWith('__'))
    .map((type) => printType(type))
  expect(types.join('\n')).not.toMatch(/: \[*Scope\b/)
})

test('graphql/CT04 a book is answered in these bytes', async () => {
  service = await startService()
  const token = await service.tokenFor(`${READ_SCOPE} ${ADMIN_SCOPE}`)
  expect((await service.graphql(BOOK_QUERY, token)).text).toContain(
    '{"data":{"book":{"id":"1","title":"And Then There Were None","author":"Agatha Christie","cost":7.99,"numPages":300,"addedBy":"fakebook","addedAt":"2026-01-01T00:00:00.000Z"}}}',
  )
})

test('graphql/CT05 scopesPreset reads the rules from /schema.graphql', async () => {
  service = await startService()
  const files: { filename: string; content: string }[] = await generate(
    {
      silent: true,
      schema: `${service.apiUrl}/schema.graphql`,
      documents: ['query OneBook { book(id: 1) { id addedBy } }'],
      generates: { 'out/': { preset: scopesPreset } },
    },
    false,
  )
  const types = files.find(({ filename }) => filename === 'out/graphql.ts')?.content
  expect(types).toContain(`"__meta__":{"requiredScopes":["${READ_SCOPE}","${ADMIN_SCOPE}"]}`)
})
