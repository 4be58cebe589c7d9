import { createContext, useContext } from 'react'
import type { BearerTokenClaims, EditorHeaders } from './access-token.ts'
import type { BearerChallenge } from './challenge.ts'
import type { SchemaWithRules } from './ide-fetcher.ts'
import type { IdeSettings } from './ide-settings.ts'
import type { FieldPadlock } from './padlocks.ts'
import type { IdeSession } from './session-storage.ts'

/** What the person is told above the editors, one thing at a time. */
export type Notice =
  | { readonly kind: 'challenge'; readonly challenge: BearerChallenge }
  | { readonly kind: 'signed-in' }
  | { readonly kind: 'trouble'; readonly message: string; readonly details?: string | undefined }

/** What the IDE's own parts share; GraphiQL has its own store. */
export type IdeContextValue = {
  readonly settings: IdeSettings
  readonly session: IdeSession | undefined
  /** The token in the header editor of the tab at hand, whoever put it there. */
  readonly bearerToken: string | undefined
  /** Why there is none, where there was to be one. */
  readonly missingTokenHint: string | undefined
  readonly claims: BearerTokenClaims | undefined
  /** What it opens now: nothing, once it has ended. */
  readonly heldScopes: ReadonlySet<string>
  readonly isTokenExpired: boolean
  readonly schemaWithRules: SchemaWithRules | undefined
  readonly padlocks: readonly FieldPadlock[]
  readonly notice: Notice | undefined
  readonly setNotice: (notice: Notice | undefined) => void
  readonly setHeaders: (headers: EditorHeaders | undefined) => void
  /** Has the schema that is known marked for what is held. */
  readonly refreshPadlocks: () => void
}

export const IdeContext = createContext<IdeContextValue | undefined>(undefined)

export function useIdeContext(): IdeContextValue {
  const shared = useContext(IdeContext)
  if (!shared) throw new Error('this part stands outside the IDE')
  return shared
}
