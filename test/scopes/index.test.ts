import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import * as scopes from '../../src/scopes/index.ts'

const SRC = join(import.meta.dirname, '../../src')

function readImports(folder: string, matches: (file: string) => boolean): readonly string[] {
  return readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && matches(file))
    .flatMap((file) => [...readFileSync(join(SRC, folder, file), 'utf8').matchAll(/ from '([^']+)'/g)])
    .map(([, target = '']) => target)
}

test('the package exports three values', () => {
  expect(Object.keys(scopes).sort()).toEqual(['ScopeSchemaError', 'createScopes', 'scopeDirectives'])
})

test('the directives are those of schema/directives.graphql', () => {
  expect(scopes.scopeDirectives).toBe(readFileSync(join(SRC, '../schema/directives.graphql'), 'utf8'))
})

test('other folders import the engine through index.ts, federation.ts and internal.ts only', () => {
  const imports = readImports('', (file) => !file.startsWith('scopes/'))
  const engineImports = imports.filter((target) => /\/scopes\/[^/]+\.ts$/.test(target))
  expect(engineImports.length).toBeGreaterThan(10)
  expect(
    engineImports.filter((target) => !/\/scopes\/(?:index|federation|internal)\.ts$/.test(target)),
  ).toEqual([])
})

test('the engine imports graphql and its own files only', () => {
  const imports = readImports('scopes', () => true)
  expect(imports.filter((target) => target !== 'graphql' && !/^\.\/[a-z-]+\.ts$/.test(target))).toEqual([])
})
