import { readFileSync } from 'node:fs'
import { getSystemErrorMessage } from 'node:util'
import { UsageError } from '../errors/exit-error.ts'
import { buildSchemaFromFiles, createApiScopes, loadSchema } from '../graphql/load-schema.ts'
import { diffScopes } from '../scopes/diff-scopes.ts'
import { describeScopes, type Rule } from '../scopes/index.ts'
import { listGuardedNonNullFields } from '../scopes/non-null-fields.ts'
import { readRules } from '../scopes/read-rules.ts'
import { describeRule } from '../scopes/rule.ts'

/** Prints the scopes that each field requires, as a table with a note about non-null fields or as JSON. */
export function printScopes({ json = false }: { readonly json?: boolean }): void {
  const schema = loadSchema()
  const rows = createApiScopes(schema).table()
  if (json) return void console.log(JSON.stringify(rows, null, 2))
  printTable(rows.map(({ coordinate, scopes }) => [coordinate, describeScopes(scopes)]))
  const nonNullFields = listGuardedNonNullFields(schema, readRules(schema))
  if (nonNullFields.length > 0)
    console.log(
      `\nNote: these fields are non-null, so that denying one makes its object null in lenient handling: ${nonNullFields.join(', ')}.`,
    )
}

/**
 * Prints the rules that are weaker, stronger or new compared with an old schema.
 * @returns the exit status: 1 if a rule is weaker or cannot be compared, or if a new field has no rule or `@public` of
 * its own
 * @throws UsageError when the files cannot be read or are not a schema
 */
export function printScopeDiff(files: readonly string[], options: { readonly allowInherited?: boolean }) {
  const oldFiles = files.map((name) => ({ name, text: readSchemaFile(name) }))
  const oldSchema = orUsageError(() => buildSchemaFromFiles(oldFiles))
  const schema = loadSchema()
  const changes = diffScopes(
    { schema: oldSchema, rules: readRules(oldSchema) },
    { schema, rules: readRules(schema) },
  )
  printTable(
    changes.map(({ kind, coordinate, before, after }) => [
      kind,
      coordinate,
      kind === 'new' || kind === 'inherited'
        ? `requires ${describeBoundedRule(after)}`
        : `required ${describeBoundedRule(before)}, now ${describeBoundedRule(after)}`,
    ]),
  )
  if (changes.length === 0) console.log('No rule is weaker or stronger.')
  if (changes.some(({ kind }) => kind === 'unknown'))
    console.log('Unknown rules have too many alternatives to compare. Review the changes that lead to them.')
  const isRejected = !options.allowInherited && changes.some(({ kind }) => kind === 'inherited')
  if (isRejected)
    console.log('Add @requiresScope or @public to the inherited fields, or use --allow-inherited.')
  return isRejected || changes.some(({ kind }) => kind === 'weaker' || kind === 'unknown') ? 1 : 0
}

const describeBoundedRule = (rule: Rule | undefined) =>
  rule ? describeRule(rule) : 'one of many alternatives'

function readSchemaFile(name: string): string {
  try {
    return readFileSync(name, 'utf8')
  } catch (error) {
    const { errno = 0 } = error as NodeJS.ErrnoException
    throw new UsageError(`${name} cannot be read: ${getSystemErrorMessage(errno)}.`)
  }
}

export type ExplainOptions = Readonly<Partial<Record<'scopes' | 'variables' | 'operation', string>>>

/**
 * Prints whether an operation is authorized with the given scopes, and every requirement with its path.
 * @returns the exit status: 1 if it is denied
 * @throws UsageError when the document or its variables are invalid
 */
export function printScopeExplanation(query: string, options: ExplainOptions): number {
  const schema = loadSchema()
  const scopes = new Set((options.scopes ?? '').split(/[\s,]+/).filter((scope) => scope !== ''))
  const variables = parseVariables(options.variables ?? '{}')
  const { decision, requirements } = orUsageError(() =>
    createApiScopes(schema).explain({ query, scopes, variables, operationName: options.operation }),
  )
  console.log(decision.allowed ? 'Allowed.' : 'Denied before execution.')
  printTable(
    requirements.map(({ isSatisfied, path, coordinate, scopes: required }) => [
      isSatisfied ? 'ok' : 'missing',
      path.join('.'),
      `${coordinate} requires ${describeScopes(required)}`,
    ]),
  )
  if (!decision.allowed) console.log(`Scopes for the whole operation: ${decision.needed.join(' ')}`)
  if (!decision.allowed && options.scopes === undefined)
    console.log('No scopes were given. Use --scopes to give those of a token.')
  return decision.allowed ? 0 : 1
}

function parseVariables(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Reported below.
  }
  throw new UsageError(`--variables must be a JSON object, for example '{"id": 1}'.`)
}

function orUsageError<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** Prints rows with aligned columns; the last column is not padded. */
function printTable(rows: readonly (readonly string[])[]): void {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  for (const row of rows)
    console.log(
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(width(column)))).join('  '),
    )
}
