import { readFileSync } from 'node:fs'
import { buildSchemaFromFiles, loadSchema } from '../graphql/load-schema.ts'
import { describeRule, describeRules, diffScopes, explainOperation, readRules, readValidatedRules } from '../scopes/index.ts'

/** What was typed cannot be worked with; the message says why. */
class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Prints what each field asks for, from the schema: a table for people, or JSON for programs. */
export function printScopes({ json = false }: { readonly json?: boolean }): void {
  const rules = readValidatedRules(loadSchema())
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
 * @throws UsageError when the files are not a schema
 */
export function printScopeDiff(files: readonly string[]): number {
  const schema = understood(() =>
    buildSchemaFromFiles(files.map((name) => ({ name, text: readFileSync(name, 'utf8') }))),
  )
  const now = loadSchema()
  const changes = diffScopes(
    { schema, rules: readRules(schema) },
    { schema: now, rules: readValidatedRules(now) },
  )
  const lines = changes.map(({ kind, coordinate, before, after }) => [
    kind,
    coordinate,
    kind === 'new'
      ? `needs ${describeRule(after)}`
      : `needed ${describeRule(before)}, now ${describeRule(after)}`,
  ])
  for (const line of columns(lines)) console.log(line)
  if (changes.length === 0) console.log('Nothing became weaker or stronger.')
  return changes.some((change) => change.kind === 'weaker') ? 1 : 0
}

/**
 * Prints whether an operation is let through with these scopes, or what is missing and where.
 * @returns the exit status: 1 if it is refused
 * @throws UsageError when the document or its variables cannot be read
 */
export function printScopeExplanation(
  query: string,
  options: { readonly scopes?: string; readonly variables?: string; readonly operation?: string },
): number {
  const schema = loadSchema()
  const held = new Set((options.scopes ?? '').split(/[\s,]+/).filter((scope) => scope !== ''))
  const { decision, requirements } = understood(() => {
    const variables: unknown = JSON.parse(options.variables ?? '{}')
    return explainOperation(
      schema,
      readValidatedRules(schema),
      query,
      held,
      Object(variables),
      options.operation,
    )
  })
  console.log(decision.allowed ? 'Allowed.' : 'Refused before anything runs.')
  const lines = requirements.map((one) => [
    one.isSatisfied ? 'ok' : 'missing',
    one.path.join('.'),
    `${one.coordinate} needs ${describeRule(one.rule)}`,
  ])
  for (const line of columns(lines)) console.log(line)
  if (!decision.allowed) console.log(`A token for all of it: ${decision.requiredScopes.join(' ')}`)
  return decision.allowed ? 0 : 1
}

function understood<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  return rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(width(column)))).join('  '),
  )
}
