/** What the API tells its IDE in the page. */
export type IdeSettings = {
  readonly issuer: string
  /** Left out: there is no sign-in, and tokens come by the header editor alone. */
  readonly clientId?: string
  readonly introspection: 'open' | 'authenticated' | 'off'
  /** The API's scopes in the order that the schema declares them: the least comes first. */
  readonly scopes: readonly { readonly name: string; readonly description: string }[]
}

export const parseIdeSettings = (text: string): IdeSettings => Object.freeze(JSON.parse(text))

/** What a person is asked for at first: who they are, and the least that the API gives. */
export const initialScopes = ({ scopes }: IdeSettings): readonly string[] =>
  scopes.slice(0, 1).map(({ name }) => name)
