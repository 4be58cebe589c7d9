import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Rules } from '../../scopes/index.ts'
import type { BearerTokenClaims } from './access-token.ts'
import type { IdeSettings } from './ide-settings.ts'
import type { FieldPadlock } from './padlocks.ts'
import type { IdeSession } from './sign-in.ts'

/** The access token in the header editor of the active tab: of the session, or pasted. */
export type TokenState = {
  readonly bearerToken: string | undefined
  /** Explains why there is none, although the user entered something like one. */
  readonly missingTokenHint: string | undefined
  /** Undefined if the token is not a JWT. */
  readonly claims: BearerTokenClaims | undefined
  readonly isTokenExpired: boolean
  /** Empty once the token has expired. */
  readonly heldScopes: ReadonlySet<string>
}

/** The state that the components of the IDE share. */
export type IdeState = {
  readonly settings: IdeSettings
  readonly session: IdeSession | undefined
  readonly token: TokenState
  /** The scopes of this API that the token contains, even if it has expired. */
  readonly tokenScopes: readonly string[]
  /** Undefined until the schema is loaded. */
  readonly rules: Rules | undefined
  readonly padlocks: readonly FieldPadlock[]
  /** Requests these scopes of the API, or the least powerful one if there are none. Undefined without an OAuth client. */
  readonly signIn: ((scopes: readonly string[]) => void) | undefined
}

export const IdeContext = createContext<IdeState | undefined>(undefined)

export function useIde(): IdeState {
  const state = useContext(IdeContext)
  if (!state) throw new Error('This component must be rendered inside IdeApp.')
  return state
}

const TICK_MS = 1_000

function subscribeToClock(onTick: () => void): () => void {
  const timer = setInterval(onTick, TICK_MS)
  return () => clearInterval(timer)
}

/**
 * Returns a string or boolean that depends on the time. Polls the clock: one timer until a token's expiry would be late
 * after the computer has slept.
 */
export const useClock = <Value extends string | boolean | undefined>(read: (now: number) => Value): Value =>
  useSyncExternalStore(subscribeToClock, () => read(Date.now()))
