import { type Context, createContext, useContext } from 'react'
import type { Rules } from '../../scopes/index.ts'
import type { BearerTokenClaims } from './access-token.ts'
import type { IdeSettings } from './ide-settings.ts'
import type { FieldPadlock } from './padlocks.ts'

/** The access token in the header editor of the active tab: of the session, or pasted. */
export type TokenState = {
  readonly bearerToken: string | undefined
  /** Explains why there is none, although the user entered something like one. */
  readonly missingTokenHint: string | undefined
  readonly claims: BearerTokenClaims | undefined
  readonly isTokenExpired: boolean
  /** Empty once the token has expired. */
  readonly heldScopes: ReadonlySet<string>
}

/** The rules of the schema, undefined until it is loaded, and the padlocks of its fields for the token. */
export type SchemaState = {
  readonly rules: Rules | undefined
  readonly padlocks: readonly FieldPadlock[]
}

export const SettingsContext = createContext<IdeSettings | undefined>(undefined)
export const TokenContext = createContext<TokenState | undefined>(undefined)
export const SchemaContext = createContext<SchemaState | undefined>(undefined)

export const useSettings = () => useRequired(SettingsContext)
export const useToken = () => useRequired(TokenContext)
export const useSchema = () => useRequired(SchemaContext)

function useRequired<Value>(context: Context<Value | undefined>): Value {
  const value = useContext(context)
  if (value === undefined) throw new Error('This component must be rendered inside IdeApp.')
  return value
}
