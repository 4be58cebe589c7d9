import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import * as scopes from '../../src/scopes/index.ts'

/** As in `codegen/build-scopes.ts`, without the adapters. */
const ENTRIES = ['index', 'cli', 'client', 'codegen', 'federation']

const SRC = join(import.meta.dirname, '../../src')

function readImports(folder: string, matches: (file: string) => boolean): readonly string[] {
  return readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && matches(file))
    .flatMap((file) => [...readFileSync(join(SRC, folder, file), 'utf8').matchAll(/ from '([^']+)'/g)])
    .map(([, target = '']) => target)
}

test('the package exports these values', () => {
  expect(Object.keys(scopes).sort()).toEqual([
    'ScopeSchemaError',
    'createScopes',
    'describeScopes',
    'formatChallenge',
    'scopeDirectives',
  ])
})

test('the directives are those of schema/directives.graphql', () => {
  expect(scopes.scopeDirectives).toBe(readFileSync(join(SRC, '../schema/directives.graphql'), 'utf8'))
})

test('other folders import the engine through the entries of the package only', () => {
  const imports = readImports('', (file) => !file.startsWith('scopes/'))
  const engineImports = imports.filter((target) => /\/scopes\/[^/]+\.ts$/.test(target))
  expect(engineImports.length).toBeGreaterThan(10)
  const isEntry = (target: string) => ENTRIES.some((entry) => target.endsWith(`/scopes/${entry}.ts`))
  expect(engineImports.filter((target) => !isEntry(target))).toEqual([])
})

test('client.ts, which runs in browsers, imports nothing', () => {
  expect(readImports('scopes', (file) => file === 'client.ts')).toEqual([])
})

test('the engine imports graphql and its own files only, and codegen.ts the client preset', () => {
  expect(readImports('scopes', (file) => file === 'codegen.ts')).toContain('@graphql-codegen/client-preset')
  const imports = readImports('scopes', (file) => file !== 'codegen.ts')
  expect(imports.filter((target) => target !== 'graphql' && !/^\.\/[a-z-]+\.ts$/.test(target))).toEqual([])
})
