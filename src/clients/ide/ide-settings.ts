/** The settings that the API writes into the page. */
export type IdeSettings = {
  readonly issuer: string
  /** Absent: the user cannot sign in, and enters tokens in the header editor. */
  readonly clientId?: string
  readonly introspection: 'open' | 'authenticated' | 'off'
  /** The API's scopes in the order of the schema, the least powerful one first. */
  readonly scopes: readonly { readonly name: string; readonly description: string }[]
}

export const parseIdeSettings = (text: string): IdeSettings => Object.freeze(JSON.parse(text))

/** Returns the scopes of a first sign-in: the least powerful one. */
export const initialScopes = ({ scopes }: IdeSettings): readonly string[] =>
  scopes.slice(0, 1).map(({ name }) => name)
