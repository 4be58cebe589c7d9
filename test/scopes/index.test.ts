import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

const SRC = join(import.meta.dirname, '../../src')

function readImports(folder: string, matches: (file: string) => boolean): readonly string[] {
  return readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && matches(file))
    .flatMap((file) => [...readFileSync(join(SRC, folder, file), 'utf8').matchAll(/ from '([^']+)'/g)])
    .map(([, target = '']) => target)
}

test('other folders import the engine through index.ts only', () => {
  const imports = readImports('', (file) => !file.startsWith('scopes/'))
  const engineImports = imports.filter((target) => /\/scopes\/[^/]+\.ts$/.test(target))
  expect(engineImports.length).toBeGreaterThan(10)
  expect(engineImports.filter((target) => !target.endsWith('/scopes/index.ts'))).toEqual([])
})

test('the engine imports graphql and its own files only', () => {
  const imports = readImports('scopes', () => true)
  expect(imports.filter((target) => target !== 'graphql' && !/^\.\/[a-z-]+\.ts$/.test(target))).toEqual([])
})
