import type { Location } from 'graphql'

/** One thing that is wrong with the schema: the node where it stands, what is wrong, and how to mend it. */
export type Violation = {
  readonly coordinate: string
  readonly node: { readonly loc?: Location | undefined } | null | undefined
  readonly message: string
}
