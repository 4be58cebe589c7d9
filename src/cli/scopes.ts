import { readFileSync } from 'node:fs'
import { readSchema, schemaFrom } from '../graphql/load-schema.ts'
import { describeRules, inWords } from '../scopes/describe-rules.ts'
import { diffScopes } from '../scopes/diff-scopes.ts'
import { explain } from '../scopes/explain-operation.ts'
import { lintedRules } from '../scopes/lint.ts'
import { readRules } from '../scopes/read-rules.ts'

/** What was typed cannot be worked with; the message says why. */
class UsageFault extends Error {
  override readonly name = 'UsageFault'
}

/** Prints what each field asks for, from the schema: a table for people, or JSON for programs. */
export function printScopes({ json = false }: { readonly json?: boolean }): void {
  const rules = lintedRules(readSchema())
  if (json) {
    const rows = [...rules].map(([coordinate, scopes]) => ({ coordinate, scopes }))
    console.log(JSON.stringify(rows, null, 2))
  } else
    for (const line of columns(describeRules(rules).map((row) => [row.coordinate, row.scopes])))
      console.log(line)
}

/**
 * Prints what became easier or harder to reach since the old schema.
 * @returns the exit status: 1 if something became easier
 * @throws UsageFault when the files are not a schema
 */
export function printDiff(files: readonly string[]): number {
  const schema = understood(() =>
    schemaFrom(files.map((name) => ({ name, text: readFileSync(name, 'utf8') }))),
  )
  const now = readSchema()
  const changes = diffScopes({ schema, rules: readRules(schema) }, { schema: now, rules: lintedRules(now) })
  const lines = changes.map(({ kind, coordinate, before, after }) => [
    kind,
    coordinate,
    kind === 'new' ? `needs ${inWords(after)}` : `needed ${inWords(before)}, now ${inWords(after)}`,
  ])
  for (const line of columns(lines)) console.log(line)
  if (changes.length === 0) console.log('Nothing became weaker or stronger.')
  return changes.some((change) => change.kind === 'weaker') ? 1 : 0
}

/**
 * Prints whether an operation is let through with these scopes, or what is missing and where.
 * @returns the exit status: 1 if it is refused
 * @throws UsageFault when the document or its variables cannot be read
 */
export function printExplanation(
  query: string,
  options: { readonly scopes?: string; readonly variables?: string; readonly operation?: string },
): number {
  const schema = readSchema()
  const held = new Set((options.scopes ?? '').split(/[\s,]+/).filter((scope) => scope !== ''))
  const { decision, met } = understood(() => {
    const variables: unknown = JSON.parse(options.variables ?? '{}')
    return explain(schema, lintedRules(schema), query, held, Object(variables), options.operation)
  })
  console.log(decision.allowed ? 'Allowed.' : 'Refused before anything runs.')
  const lines = met.map((one) => [
    one.held ? 'ok' : 'missing',
    one.path.join('.'),
    `${one.coordinate} needs ${inWords(one.rule)}`,
  ])
  for (const line of columns(lines)) console.log(line)
  if (!decision.allowed) console.log(`A token for all of it: ${decision.needed.join(' ')}`)
  return decision.allowed ? 0 : 1
}

function understood<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new UsageFault(error instanceof Error ? error.message : String(error))
  }
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  return rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(width(column)))).join('  '),
  )
}
