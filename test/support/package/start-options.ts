import type { Values } from './path-values.ts'

/** The options of a server's schema. */
export type StartOptions = {
  /** The schema breaks the rules of the schema check, which the public API does not accept. */
  readonly unchecked?: boolean
  readonly denied?: 'reject' | 'null'
  /** The values of all fields; by default each is the first that its type allows. */
  readonly values?: Values
}
