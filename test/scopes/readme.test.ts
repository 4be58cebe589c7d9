// Runs the first example of the package's README, and decides on its operations with the scopes that it names.
import { makeExecutableSchema } from '@graphql-tools/schema'
import { expect, test } from '@jest/globals'
import { buildSchema, execute, parse, validate } from 'graphql'
import { createScopes, type Scopes, scopeDirectives } from '../../src/scopes/index.ts'
import { readPage } from '../support/doc-pages.ts'
import { declareScopes } from '../support/scopes/lint-schema.ts'

const [, sdl = '', table = ''] =
  /### Examples\n\n```graphql\n([\s\S]*?)```\n\n([\s\S]*?)\n\n/.exec(readPage('src/scopes/README.md')) ?? []
const scopes = createScopes(buildSchema(scopeDirectives + declareScopes(sdl, 'read', 'write', 'admin')))
const rows = [...table.matchAll(/^\| `(.+?)` \| (.+?) \|/gm)].map(([, operation = '', needed = '']) => ({
  operation,
  needed: [...needed.matchAll(/\w+/g)].map(([name]) => name),
}))

test('the first example of the README runs', async () => {
  const [, code = ''] =
    /## Use\n\n```js\n(?:import .+\n)+([\s\S]*?)```/.exec(readPage('src/scopes/README.md')) ?? []
  const run = new Function('makeExecutableSchema', 'createScopes', 'scopeDirectives', `${code} return scopes`)
  const { schema, authorize }: Scopes = run(makeExecutableSchema, createScopes, scopeDirectives)
  const request = async (text: string, granted: readonly string[]) => {
    const document = parse(text)
    const contextValue = {}
    authorize({ document, contextValue, scopes: granted })
    const { data } = await execute({ schema, document, contextValue })
    return data
  }
  const mutation = 'mutation { addBook(title: "Nemesis") deleteBook(title: "Curtain") }'
  expect(await request(mutation, ['books.write'])).toEqual({ addBook: null, deleteBook: null })
  expect(await request('{ version books }', ['books.read'])).toEqual({ version: '1.0', books: ['Curtain'] })
  expect(await request(mutation, ['books.write', 'books.delete'])).toEqual({
    addBook: 'Nemesis',
    deleteBook: true,
  })
  expect(await request('{ books }', ['books.read'])).toEqual({ books: ['Nemesis'] })
})

test('the README has examples', () => {
  expect(rows.length).toBeGreaterThan(5)
})

test.each(rows)('README: $operation needs $needed', ({ operation, needed }) => {
  const document = parse(operation)
  expect(validate(scopes.schema, document)).toEqual([])
  const isAllowed = (granted: readonly string[]) =>
    scopes.authorize({ document, contextValue: {}, scopes: granted }).allowed
  expect(isAllowed(needed)).toBe(true)
  for (const missing of needed) expect(isAllowed(needed.filter((name) => name !== missing))).toBe(false)
})
