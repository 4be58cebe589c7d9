import { getLocation, type Location } from 'graphql'

/** A violation as the lint rules find it, with the AST node that causes it. */
export type Violation = {
  readonly coordinate: string
  readonly node: { readonly loc?: Location | undefined } | null | undefined
  /** The problem and its fix, as the predicate of a sentence about the coordinate. */
  readonly message: string
}

/** A violation with its location: source name and line. */
export type SchemaViolation = {
  readonly coordinate: string
  readonly location: string
  readonly message: string
}

/** All violations of a schema. A server must not start with it. */
export class SchemaViolationsError extends Error {
  override readonly name = 'SchemaViolationsError'
  readonly violations: readonly SchemaViolation[]

  constructor(violations: readonly Violation[]) {
    const located = violations.map(locate)
    const lines = located.map(
      ({ coordinate, location, message }) => `  ${coordinate} (${location}): ${message}`,
    )
    super(`Invalid scope rules in the schema:\n${lines.join('\n')}`)
    this.violations = located
  }
}

const locate = ({ coordinate, node, message }: Violation): SchemaViolation => ({
  coordinate,
  location: node?.loc
    ? `${node.loc.source.name}:${getLocation(node.loc.source, node.loc.start).line}`
    : 'no source',
  message,
})
