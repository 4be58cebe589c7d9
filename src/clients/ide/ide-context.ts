import { createContext, useContext } from 'react'
import type { Claims, Headers } from './access-token.ts'
import type { Challenge } from './challenge.ts'
import type { Known } from './ide-fetcher.ts'
import type { Settings } from './ide-settings.ts'
import type { Guarded } from './padlocks.ts'
import type { Session } from './session-storage.ts'

/** What the person is told above the editors, one thing at a time. */
export type Notice =
  | { readonly kind: 'challenge'; readonly challenge: Challenge }
  | { readonly kind: 'signed-in' }
  | { readonly kind: 'trouble'; readonly words: string; readonly details?: string | undefined }

/** What the IDE's own parts share; GraphiQL has its own store. */
export type Shared = {
  readonly settings: Settings
  readonly session: Session | undefined
  /** The token in the header editor of the tab at hand, whoever put it there. */
  readonly bearer: string | undefined
  /** Why there is none, where there was to be one. */
  readonly hint: string | undefined
  readonly claims: Claims | undefined
  /** What it opens now: nothing, once it has ended. */
  readonly held: ReadonlySet<string>
  readonly ended: boolean
  readonly known: Known | undefined
  readonly locks: readonly Guarded[]
  readonly notice: Notice | undefined
  readonly tell: (notice: Notice | undefined) => void
  readonly setHeaders: (headers: Headers | undefined) => void
  /** Has the schema that is known marked for what is held. */
  readonly mark: () => void
}

export const SharedContext = createContext<Shared | undefined>(undefined)

export function useShared(): Shared {
  const shared = useContext(SharedContext)
  if (!shared) throw new Error('this part stands outside the IDE')
  return shared
}
