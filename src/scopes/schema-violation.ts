import type { GraphQLError, Source } from 'graphql'

/** An AST node, or a position in its place. */
export type Locatable = {
  readonly loc?: SourceLocation | undefined
  /** The place in a code-first schema, which has no source. */
  readonly origin?: string
}

type SourceLocation = {
  readonly source: Source
  readonly start: number
  readonly end: number
  readonly startToken: { readonly line: number }
}

/** A problem and its fix. */
export type Finding = {
  /** The problem, as the predicate of a sentence about the coordinate. */
  readonly message: string
  /** The remedy, as a sentence. */
  readonly fix: string
}

/** A violation as the lint rules find it, with the AST node that causes it. */
export type Violation = Finding & {
  readonly coordinate: string
  readonly node: Locatable | null | undefined
}

/** A violation with its location: source name and line, or in a code-first schema the place in `extensions`. */
export type SchemaViolation = Finding & { readonly coordinate: string; readonly location: string }

/**
 * Converts an error of graphql-js about a schema.
 * @param definitions from the outermost to the innermost, to find the coordinate at the error's position
 */
export function toViolation(
  error: GraphQLError,
  definitions: readonly { readonly coordinate: string; readonly node: Locatable }[],
): Violation {
  const { source, positions: [start = 0] = [], locations: [{ line } = { line: 0 }] = [], message } = error
  const definition = definitions.findLast(
    ({ node: { loc } }) => loc && loc.source === source && loc.start <= start && start < loc.end,
  )
  return {
    coordinate: definition?.coordinate ?? 'schema',
    node: source && { loc: { source, start, end: start, startToken: { line } } },
    message: `is not valid GraphQL: ${message}`,
    fix: '',
  }
}

/** All violations of a schema. A server must not start with it. */
export class ScopeSchemaError extends Error {
  override readonly name = 'ScopeSchemaError'
  readonly errors: readonly SchemaViolation[]

  constructor(violations: readonly Violation[]) {
    const located = violations.map(locate)
    const lines = located.map(
      ({ coordinate, location, message, fix }) =>
        `  ${coordinate} (${location}): ${[message, fix].filter(Boolean).join(' ')}`,
    )
    super(`Invalid schema:\n${lines.join('\n')}`)
    this.errors = located
  }
}

const locate = ({ coordinate, node, message, fix }: Violation): SchemaViolation => ({
  coordinate,
  location: node?.loc
    ? `${node.loc.source.name}:${node.loc.startToken.line}`
    : (node?.origin ?? (node ? 'no source' : 'defined in code')),
  message,
  fix,
})
