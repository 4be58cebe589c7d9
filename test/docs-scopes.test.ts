// Builds the schemas of docs/scopes.md, and compares rules, decisions and violations with its tables.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { buildASTSchema, parse } from 'graphql'
import { createScopes } from '../src/scopes/create-scopes.ts'
import { readRules } from '../src/scopes/read-rules.ts'
import { ALLOW_ALL, and, describeRule } from '../src/scopes/rule.ts'
import { scopeDirectives } from '../src/scopes/scope-directives.ts'
import { readPage } from './support/doc-pages.ts'
import { PROJECT_ROOT } from './support/project-root.ts'
import { findSchemaViolations } from './support/scopes/lint-schema.ts'
import { createTemporaryFolder } from './support/temporary-folder.ts'

const page = readPage('docs/scopes.md')
const buildSchema = (sdl: string) =>
  buildASTSchema(parse(`${sdl}\n${scopeDirectives}`), { assumeValidSDL: true })

/** Returns the rows of all tables with these columns, without the backticks around a cell. */
function readRows(...columns: readonly string[]): string[][] {
  const [, ...tables] = page.split(`| ${columns.join(' | ')} |\n`)
  return tables.flatMap((table) => {
    const [, ...rows] = table.slice(0, table.indexOf('\n\n')).split('\n')
    return rows.map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
    )
  })
}

const [, exampleSdl = ''] = /```graphql\n(schema[\s\S]*?)```/.exec(page) ?? []
const example = buildSchema(exampleSdl)
const exampleScopes = createScopes(example, { strict: true })

test.each(readRows('operation', 'variables', 'requires'))(
  '%s %s requires %s',
  (query, variables, requires) => {
    const values = JSON.parse(variables || '{}') as Record<string, unknown>
    const { requirements } = exampleScopes.explain({ query, variables: values, scopes: [] })
    expect(describeRule(requirements.map(({ scopes }) => scopes).reduce(and, ALLOW_ALL))).toBe(requires)
  },
)

test.each(readRows('`scopes:`', 'requires'))('@requiresScope(scopes: %s) requires %s', (scopes, requires) => {
  const schema = buildSchema(`type Query { x: Int @requiresScope(scopes: ${scopes}) }`)
  expect([...readRules(schema)].map(([field, rule]) => [field, describeRule(rule)])).toEqual([
    ['Query.x', requires],
  ])
})

test.each(readRows('schema', 'message'))('%s stops the start: %s', (sdl, message) => {
  const declared = ['read', 'write'].filter((scope) => sdl.includes(`"${scope}"`))
  const scopes = declared.map((name) => `@scope(name: "${name}", description: "…")`)
  const schema = buildSchema(`schema ${scopes.join(' ')} { query: Query } ${sdl}`)
  expect(
    findSchemaViolations(schema, { strict: true }).map((one) => `${one.coordinate} ${one.message}`),
  ).toEqual([message])
})

test('the tables have rows', () => {
  expect(readRows('operation', 'variables', 'requires').length).toBeGreaterThan(15)
  expect(readRows('schema', 'message').length).toBeGreaterThan(10)
})

test('scopes diff prints the line below its command', () => {
  const [, output] = /scopes -- diff old\.graphql\n(.+)/.exec(page) ?? []
  const old = join(createTemporaryFolder(), 'old.graphql')
  const rule = /(\n {2}book\(.*@requiresScope\(scopes: "fakebookapi\.)read/
  writeFileSync(old, readPage('schema/books.graphql').replace(rule, '$1admin'))
  const { stdout, status } = spawnSync(process.execPath, ['src/main.ts', 'scopes', 'diff', old], {
    cwd: PROJECT_ROOT,
    encoding: 'utf8',
  })
  expect({ output: stdout.trim(), status }).toEqual({ output, status: 1 })
})
