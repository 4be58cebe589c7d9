import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import * as scopes from '../../src/scopes/index.ts'

const SRC = join(import.meta.dirname, '../../src')
const COMMAND_LINE = new Set(['bin.ts', 'cli.ts', 'find-files.ts'])

function readImports(folder: string, matches: (file: string) => boolean): readonly string[] {
  return readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && matches(file))
    .flatMap((file) => [...readFileSync(join(SRC, folder, file), 'utf8').matchAll(/ from '([^']+)'/g)])
    .map(([, target = '']) => target)
}

test('the package exports four values', () => {
  expect(Object.keys(scopes).sort()).toEqual([
    'ScopeSchemaError',
    'buildSchemaFromFiles',
    'createScopes',
    'scopeDirectives',
  ])
})

test('other folders import the engine through its entries and internal.ts only', () => {
  const imports = readImports('', (file) => !file.startsWith('scopes/'))
  const engineImports = imports.filter((target) => /\/scopes\/[^/]+\.ts$/.test(target))
  expect(engineImports.length).toBeGreaterThan(10)
  expect(engineImports.filter((target) => !/\/scopes\/(?:index|cli|internal)\.ts$/.test(target))).toEqual([])
})

test('the engine imports graphql and its own files only, and its command line modules of Node too', () => {
  const imports = [
    ...readImports('scopes', (file) => !COMMAND_LINE.has(file)),
    ...readImports('scopes', (file) => COMMAND_LINE.has(file)).filter(
      (target) => !target.startsWith('node:'),
    ),
  ]
  expect(imports.filter((target) => target !== 'graphql' && !/^\.\/[a-z-]+\.ts$/.test(target))).toEqual([])
})
