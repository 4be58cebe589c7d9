import type { DeniedHandling } from '../../scopes/index.ts'

/** The settings that the API writes into the page. */
export type IdeSettings = {
  readonly issuer: string
  /** Absent: the user cannot sign in, and enters tokens in the header editor. */
  readonly clientId?: string
  /** The claims that may list a token's scopes; the first one present counts. */
  readonly scopeClaims: readonly string[]
  readonly introspection: 'open' | 'authenticated' | 'off'
  /** The handling of queries without the header `Prefer`. */
  readonly deniedFields: DeniedHandling
  /** The API's scopes in the order of the schema, the least powerful one first. */
  readonly scopes: readonly { readonly name: string; readonly description: string }[]
}
