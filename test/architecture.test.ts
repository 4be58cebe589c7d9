import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { FOLDER_IMPORTS } from './cases/folder-imports.ts'
import { LIBRARY_OWNERS } from './cases/library-owners.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const IMPORT = /(?<!')\b(?:from|import)\s*\(?\s*'([^']+)'/g

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => posix.join('src', name))
  .filter((file) => !file.startsWith('src/generated/'))

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const importsOf = (file: string) => [...read(file).matchAll(IMPORT)].map((match) => match[1] ?? '')
const relativeImportsOf = (file: string) =>
  importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(dirname(file), name))
const folderOf = (file: string) => file.split('/')[1]?.replace(/\.tsx?$/, '') ?? ''
const isBelow = (file: string, folder: string) =>
  file.startsWith(`src/${folder}/`) || file === `src/${folder}.ts`
const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

test('src contains main.ts and folders only', () => {
  expect(sources.filter((file) => file.split('/').length === 2)).toEqual(['src/main.ts'])
})

test.each(FOLDER_IMPORTS)('$folder imports only $mayImport: $because', ({ folder, mayImport }) => {
  const allowed = new Set([folder, ...mayImport])
  const violations = sources
    .filter((file) => folderOf(file) === folder)
    .flatMap((file) => relativeImportsOf(file).map((target) => `${file} -> ${target}`))
    .filter((edge) => !allowed.has(folderOf(edge.split(' -> ')[1] ?? '')))
  expect(violations).toEqual([])
})

test('every folder has a rule', () => {
  const known = new Set(['main', ...FOLDER_IMPORTS.map(({ folder }) => folder)])
  expect([...new Set(sources.map(folderOf))].filter((folder) => !known.has(folder))).toEqual([])
})

test.each(LIBRARY_OWNERS)('only $folders import $library', ({ library, folders }) => {
  const users = sources.filter((file) => importsOf(file).some((name) => packageOf(name) === library))
  expect(users.length).toBeGreaterThan(0)
  expect(users.filter((file) => !folders.some((folder) => isBelow(file, folder)))).toEqual([])
})

test('every imported library has an owner', () => {
  const known = new Set(LIBRARY_OWNERS.map(({ library }) => library))
  const external = sources.flatMap(importsOf).filter((name) => !/^(?:\.|node:(?!sqlite|cluster))/.test(name))
  expect([...new Set(external.map(packageOf))].filter((name) => !known.has(name))).toEqual([])
})

test('the scope engine does no I/O, except in its command line: its decisions depend on its arguments alone', () => {
  const engine = sources.filter((file) => folderOf(file) === 'scopes')
  const withNode = engine.filter((file) => importsOf(file).some((name) => name.startsWith('node:')))
  expect(withNode).toEqual(['src/scopes/cli.ts', 'src/scopes/find-files.ts'])
  const commandLine = [...withNode, 'src/scopes/bin.ts']
  const importers = engine.filter((file) => relativeImportsOf(file).some((one) => commandLine.includes(one)))
  expect(importers.filter((file) => !commandLine.includes(file))).toEqual([])
})

test('only config reads the environment: a setting outside its table does not exist', () => {
  expect(sources.filter((file) => /process\.env|loadEnvFile/.test(read(file)))).toEqual([
    'src/config/config.ts',
  ])
})

test('no module imports itself through others', () => {
  const done = new Set<string>()
  const findCycle = (file: string, importers: readonly string[]): readonly string[] | undefined => {
    if (importers.includes(file)) return [...importers.slice(importers.indexOf(file)), file]
    if (done.has(file) || !/\.tsx?$/.test(file)) return undefined
    for (const next of relativeImportsOf(file)) {
      const cycle = findCycle(next, [...importers, file])
      if (cycle) return cycle
    }
    done.add(file)
    return undefined
  }
  for (const file of sources) expect(findCycle(file, [])).toBeUndefined()
})

test('docs/architecture.md names every folder of src', () => {
  const page = read('docs/architecture.md')
  const folders = new Set(sources.map(folderOf).filter((folder) => folder !== 'main'))
  expect([...folders].filter((folder) => !page.includes(`${folder}/`))).toEqual([])
})
