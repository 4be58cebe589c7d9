// Runs the codegen preset of the packed package with the real command, as the README of the package has it.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { buildSchema, introspectionFromSchema } from 'graphql'
import { scopeDirectives } from '../../src/scopes/index.ts'
import { runCommand } from '../support/examples/run-example.ts'
import { PROJECT_ROOT } from '../support/project-root.ts'
import { installPackages, packPackage } from '../support/scopes/install-package.ts'

const README = readFileSync(join(PROJECT_ROOT, 'src/scopes/README.md'), 'utf8')
const [, TYPED_CLIENTS = ''] = README.split('\n## Typed clients\n')
const [CONFIGURATION = '', GENERATED = '', PROGRAM = ''] = Array.from(
  TYPED_CLIENTS.matchAll(/```ts\n([\s\S]*?)```/g),
  ([, code = '']) => code,
)
/** The generated document that the README shows, without the name of its file. */
const DOCUMENT = GENERATED.split('\n').slice(1).join('\n').trim()
const [, SCHEMA = ''] = /const typeDefs = `([^`]*)`/.exec(README) ?? []

const GENERATES = `generates: { 'src/gql/': { preset: scopesPreset, config: { documentMode: 'string' } } }`
const CONFIGURATIONS = [
  { id: 'codegen/P01', name: 'codegen.ts', text: CONFIGURATION },
  {
    id: 'codegen/P02',
    name: 'codegen.cjs',
    text: `const { scopesPreset } = require('graphql-oauth-scopes/codegen')
      module.exports = { schema: 'schema.graphql', documents: 'src/*.graphql', ${GENERATES} }`,
  },
  {
    id: 'codegen/P03',
    name: 'codegen.yml',
    text: `{ schema: schema.graphql, documents: src/*.graphql, ${GENERATES.replace('scopesPreset', 'graphql-oauth-scopes/codegen')} }`,
  },
]

test('the README shows a document with scopes', () => {
  expect(DOCUMENT).toMatch(/^export const AddBookDocument[\s\S]*"requiredScopes"[\s\S]*;$/)
})

let packageFile: string
beforeAll(async () => {
  packageFile = (await packPackage()).file
})

describe.each([
  { graphql: 17, cli: '7', preset: '6' },
  { graphql: 16, cli: '6', preset: '5' },
  { graphql: 16, cli: '5.0.0', preset: '4.2.5' },
])('client preset $preset, graphql $graphql', ({ graphql, cli, preset }) => {
  let folder: string
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')

  beforeAll(async () => {
    folder = await installPackages(
      packageFile,
      `graphql@${graphql}`,
      `@graphql-codegen/cli@${cli}`,
      `@graphql-codegen/client-preset@${preset}`,
    )
    write('schema.graphql', SCHEMA)
    mkdirSync(join(folder, 'src'))
    write('src/add-book.graphql', 'mutation AddBook($title: String!) { addBook(title: $title) }')
  })

  /** Generates the documents anew. */
  async function runCodegen(configuration: string) {
    rmSync(join(folder, 'src/gql'), { recursive: true, force: true })
    return runCommand(folder, ['node_modules/.bin/graphql-codegen', '--config', configuration])
  }

  test.each(CONFIGURATIONS)('$id writes the scopes with $name', async ({ name, text }) => {
    write(name, text)
    expect(await runCodegen(name)).toMatchObject({ status: 0, stderr: '' })
    expect(read('src/gql/graphql.ts')).toContain(DOCUMENT)
  })

  test('codegen/P04 the types are those of the configuration, and the program of the README reads the scopes', async () => {
    write('codegen.ts', CONFIGURATION)
    await runCodegen('codegen.ts')
    write('src/main.ts', `${PROGRAM}\nconsole.log(parameters.get('scope'))`)
    const compilerOptions = {
      module: 'esnext',
      moduleResolution: 'bundler',
      rewriteRelativeImportExtensions: true,
      target: 'es2024',
      strict: true,
      skipLibCheck: true,
      rootDir: '.',
      outDir: 'dist',
      types: ['node'],
      typeRoots: [join(PROJECT_ROOT, 'node_modules/@types')],
    }
    write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['codegen.ts', 'src/main.ts'] }))
    expect(await runCommand(folder, ['tsc', '--pretty', 'false'])).toMatchObject({ status: 0, stdout: '' })
    const main = join(folder, 'dist/src/main.js')
    writeFileSync(main, readFileSync(main, 'utf8').replace("'./gql/graphql'", "'./gql/graphql.js'"))
    expect(await runCommand(folder, ['node', main])).toMatchObject({
      stdout: 'books.write\n',
      stderr: '',
    })
  })

  test('codegen/P05 reads the schema with another copy of graphql than the command', async () => {
    const copy = join(folder, 'node_modules/graphql-oauth-scopes/node_modules/graphql')
    cpSync(join(folder, 'node_modules/graphql'), copy, { recursive: true })
    write('codegen.ts', CONFIGURATION)
    expect(await runCodegen('codegen.ts')).toMatchObject({ status: 0, stderr: '' })
    expect(read('src/gql/graphql.ts')).toContain(DOCUMENT)
    rmSync(copy, { recursive: true })
  })

  test('codegen/P06 the reader imports nothing, so that a browser loads neither graphql nor the generator', () => {
    expect(read('node_modules/graphql-oauth-scopes/client.js')).not.toMatch(/\bimport\b|\brequire\(/)
  })

  test('codegen/P07 fails with a schema from introspection, and writes nothing', async () => {
    const introspection = introspectionFromSchema(buildSchema(scopeDirectives + SCHEMA))
    write('introspection.json', JSON.stringify(introspection))
    write('introspection.ts', CONFIGURATION.replace('schema.graphql', 'introspection.json'))
    const { status, stdout, stderr } = await runCodegen('introspection.ts')
    expect(status).toBe(1)
    expect(stdout + stderr).toContain('A schema from introspection has no directives')
    expect(() => read('src/gql/graphql.ts')).toThrow('ENOENT')
  })
})
