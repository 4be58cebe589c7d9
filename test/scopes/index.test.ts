import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import * as scopes from '../../src/scopes/index.ts'

/** The files that other folders may import. */
const IMPORTABLE = ['index', 'cli', 'client', 'codegen', 'federation']

const SRC = join(import.meta.dirname, '../../src')
const COMMAND_LINE = new Set(['bin.ts', 'cli.ts', 'find-files.ts'])

function readImports(folder: string, matches: (file: string) => boolean): readonly string[] {
  return readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && matches(file))
    .flatMap((file) => [...readFileSync(join(SRC, folder, file), 'utf8').matchAll(/ from '([^']+)'/g)])
    .map(([, target = '']) => target)
}

test('the package exports these values', () => {
  expect(Object.keys(scopes).sort()).toEqual([
    'ScopeSchemaError',
    'buildSchemaFromFiles',
    'createScopes',
    'describeScopes',
    'formatChallenge',
    'scopeDirectives',
  ])
})

test('other folders import the engine through the entries of the package only', () => {
  const imports = readImports('', (file) => !file.startsWith('scopes/'))
  const engineImports = imports.filter((target) => /\/scopes\/[^/]+\.ts$/.test(target))
  expect(engineImports.length).toBeGreaterThan(10)
  const isEntry = (target: string) => IMPORTABLE.some((entry) => target.endsWith(`/scopes/${entry}.ts`))
  expect(engineImports.filter((target) => !isEntry(target))).toEqual([])
})

test('client.ts, which runs in browsers, imports nothing', () => {
  expect(readImports('scopes', (file) => file === 'client.ts')).toEqual([])
})

test('the engine imports graphql and its own files only, codegen.ts the client preset, and the command line modules of Node', () => {
  expect(readImports('scopes', (file) => file === 'codegen.ts')).toContain('@graphql-codegen/client-preset')
  const imports = [
    ...readImports('scopes', (file) => file !== 'codegen.ts' && !COMMAND_LINE.has(file)),
    ...readImports('scopes', (file) => COMMAND_LINE.has(file)).filter(
      (target) => !target.startsWith('node:'),
    ),
  ]
  expect(imports.filter((target) => target !== 'graphql' && !/^\.\/[a-z-]+\.ts$/.test(target))).toEqual([])
})
