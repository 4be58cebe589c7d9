import { GraphQLError, type GraphQLSchema, Source } from 'graphql'
import { enforceRules, listRows } from './create-scopes.ts'
import { diffScopes } from './diff-scopes.ts'
import { findGraphQLViolations, readValidatedRules } from './lint.ts'
import { listGuardedNonNullFields } from './non-null-fields.ts'
import { listSchemaElements, readRules } from './read-rules.ts'
import { describeRule, describeScopes, type Rule, type Rules } from './rule.ts'
import { type SchemaViolation, ScopeSchemaError } from './schema-violation.ts'
import { UsageError } from './usage-error.ts'

/** The output of a command, and its exit status. */
export type Report = {
  readonly lines: readonly string[]
  /** 1: a violation, a denied operation or a weaker rule. */
  readonly exitCode: 0 | 1
}

/** Reports every violation of a schema. @param readSchema throws a `ScopeSchemaError` if the schema is not valid GraphQL */
export function reportViolations(
  readSchema: () => GraphQLSchema,
  { strict = false }: { readonly strict?: boolean | undefined },
): Report {
  let schema: GraphQLSchema | undefined
  const violations = findViolations(() => {
    schema = readSchema()
    readValidatedRules(schema, { strict })
  })
  if (violations.length === 0) return { lines: ['No violations.'], exitCode: 0 }
  const lines = violations.map(({ coordinate, location, message, fix }) => {
    // A missing root type has no line.
    const place = location.includes(':') ? `${location}:` : ''
    return [place, coordinate, message, fix].filter(Boolean).join(' ')
  })
  lines.push('', `Violations: ${violations.length}`)
  const valid = schema
  if (!strict && valid && findViolations(() => readValidatedRules(valid, { strict: true })).length === 0)
    lines.push('With --strict, the schema has none.')
  return { lines, exitCode: 1 }
}

/** Returns true if `createScopes` rejects a schema both with and without `strict`. */
export const hasViolations = (schema: GraphQLSchema): boolean =>
  [true, false].every((strict) => findViolations(() => readValidatedRules(schema, { strict })).length > 0)

function findViolations(check: () => unknown): readonly SchemaViolation[] {
  try {
    check()
    return []
  } catch (error) {
    if (error instanceof ScopeSchemaError) return error.errors
    throw error
  }
}

/**
 * Reports the scopes that each field requires, as a table with a note about non-null fields or as JSON.
 * Not checked here: that the rules make sense.
 * @throws ScopeSchemaError if the schema is not valid GraphQL
 */
export function reportTable(
  schema: GraphQLSchema,
  { json = false }: { readonly json?: boolean | undefined },
): Report {
  const rules = readRulesOf(schema)
  const rows = listRows(rules)
  if (json) return { lines: JSON.stringify(rows, null, 2).split('\n'), exitCode: 0 }
  if (rules.size === 0) return { lines: ['The schema has no rules.'], exitCode: 0 }
  const lines = formatRows(rows.map(({ coordinate, scopes }) => [coordinate, describeScopes(scopes)]))
  const nonNullFields = listGuardedNonNullFields(schema, rules)
  if (nonNullFields.length > 0)
    lines.push(
      '',
      `Note: these fields are non-null, so that denying one makes its object null in lenient handling: ${nonNullFields.join(', ')}.`,
    )
  return { lines, exitCode: 0 }
}

export type ExplanationOptions = {
  /** The scopes of the token, separated by spaces or commas; undefined for a request without a token. */
  readonly scopes?: string | undefined
  /** A JSON object. */
  readonly variables?: string | undefined
  /** The name of the operation, if the document has several. */
  readonly operation?: string | undefined
}

/**
 * Reports whether an operation is authorized, and every requirement with its path. Fails if it is denied.
 * @throws UsageError if the document or its variables are invalid, ScopeSchemaError if the schema is not valid GraphQL
 */
export function reportExplanation(
  schema: GraphQLSchema,
  document: string | Source,
  { scopes, variables, operation }: ExplanationOptions,
): Report {
  const rules = readRulesOf(schema)
  const values = parseVariables(variables ?? '{}')
  const { decision, requirements } = orUsageError(() =>
    enforceRules(schema, rules).explain({
      query: document,
      operationName: operation,
      variables: values,
      scopes: scopes?.split(/[\s,]+/).filter((scope) => scope !== ''),
    }),
  )
  const rows = formatRows(
    requirements.map(({ isSatisfied, path, coordinate, scopes: required }) => [
      isSatisfied ? 'ok' : 'missing',
      path.join('.'),
      `${coordinate} requires ${describeScopes(required)}`,
    ]),
  )
  if (decision.allowed) return { lines: ['Allowed.', ...rows], exitCode: 0 }
  const needed = decision.needed.join(' ') || 'none, only an access token'
  const lines = ['Denied before execution.', ...rows, `Scopes for the whole operation: ${needed}`]
  if (scopes === undefined) lines.push('No scopes were given. Use --scopes to give those of a token.')
  return { lines, exitCode: 1 }
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

/**
 * Reports the rules that are weaker, stronger or new compared with an old schema. Fails if a rule is weaker or cannot be
 * compared, or if a new field has no rule or `@public` of its own.
 * @param readOldSchema throws a `ScopeSchemaError` if the old schema is not valid GraphQL
 * @throws UsageError if the old schema is not valid GraphQL, ScopeSchemaError if the schema is not
 */
export function reportDiff(
  readOldSchema: () => GraphQLSchema,
  schema: GraphQLSchema,
  { allowInherited = false }: { readonly allowInherited?: boolean | undefined },
): Report {
  const before = orUsageError(() => {
    const oldSchema = readOldSchema()
    return { schema: oldSchema, rules: readRulesOf(oldSchema) }
  })
  const changes = diffScopes(before, { schema, rules: readRulesOf(schema) })
  if (changes.length === 0) return { lines: ['No rule is weaker or stronger.'], exitCode: 0 }
  const lines = formatRows(
    changes.map(({ kind, coordinate, before, after }) => [
      kind,
      coordinate,
      kind === 'new' || kind === 'inherited'
        ? `requires ${describeBoundedRule(after)}`
        : `required ${describeBoundedRule(before)}, now ${describeBoundedRule(after)}`,
    ]),
  )
  const has = (kind: string) => changes.some((change) => change.kind === kind)
  if (has('unknown'))
    lines.push('Unknown rules have too many alternatives to compare. Review the changes that lead to them.')
  const isRejected = has('inherited') && !allowInherited
  if (isRejected)
    lines.push('Add @requiresScope or @public to the inherited fields, or use --allow-inherited.')
  return { lines, exitCode: isRejected || has('weaker') || has('unknown') ? 1 : 0 }
}

const describeBoundedRule = (rule: Rule | undefined) =>
  rule ? describeRule(rule) : 'one of many alternatives'

/** Reads the rules of a schema that is valid GraphQL. @throws ScopeSchemaError if it is not */
function readRulesOf(schema: GraphQLSchema): Rules {
  const violations = findGraphQLViolations(schema, [...listSchemaElements(schema)])
  if (violations.length > 0) throw new ScopeSchemaError(violations)
  return readRules(schema)
}

function orUsageError<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof GraphQLError) throw new UsageError(describeDocumentError(error))
    if (error instanceof ScopeSchemaError) throw new UsageError(error.message)
    throw error
  }
}

/** The position only helps in a file, which has a name. */
const describeDocumentError = ({ message, source, locations }: GraphQLError) =>
  source && source.name !== new Source('').name
    ? `${source.name}:${locations?.[0]?.line}: ${message}`
    : message

/** Aligns the columns of rows; the last column is not padded. */
function formatRows(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  '),
  )
}
