import { createContext, useContext, useSyncExternalStore } from 'react'
import type { DeniedHandling, Scopes } from '../../scopes/index.ts'
import type { BearerChallenge } from '../challenge.ts'
import type { BearerTokenClaims } from './access-token.ts'
import type { HistoryEntry } from './history.ts'
import type { IdeSettings } from './ide-settings.ts'
import type { FieldPadlock } from './padlocks.ts'
import type { IdeSession } from './sign-in.ts'

/** A message above the editors, one at a time. */
export type Notice =
  | { readonly kind: 'challenge'; readonly challenge: BearerChallenge }
  /** A query was executed, but for its denied fields, which require these scopes. */
  | { readonly kind: 'partial'; readonly scopes: readonly string[] }
  | { readonly kind: 'signed-in' }
  | { readonly kind: 'message'; readonly message: string; readonly details?: string }

/** The status, duration and size of a response. */
type ResponseSummary = {
  readonly status: number
  /** Empty over HTTP/2. */
  readonly statusText: string
  readonly hasErrors: boolean
  /** The coordinates that the API denied. */
  readonly denied: readonly string[]
  readonly durationMs: number
  readonly bytes: number
}

/** The access token in the header editor of the active tab: of the session, or pasted. */
export type TokenState = {
  readonly bearerToken: string | undefined
  /** Explains why there is none, although the user entered something like one. */
  readonly missingTokenHint: string | undefined
  /** Undefined if the token is not a JWT. */
  readonly claims: BearerTokenClaims | undefined
  readonly isTokenExpired: boolean
  /** Undefined without a token, or once it has expired. Empty if it is not a JWT. */
  readonly heldScopes: ReadonlySet<string> | undefined
}

/** The state that requests and buttons change. */
export type IdeStatus = {
  /** Undefined until the schema is loaded. */
  readonly scopes: Scopes | undefined
  /** The choice of the user. */
  readonly deniedFields: DeniedHandling
  readonly notice: Notice | undefined
  /** Undefined if no response is shown. */
  readonly summary: ResponseSummary | undefined
  readonly history: readonly HistoryEntry[]
}

export type UpdateStatus = (change: Partial<IdeStatus>) => void

/** The state that the components of the IDE share. */
export type IdeState = IdeStatus & {
  readonly settings: IdeSettings
  readonly session: IdeSession | undefined
  readonly token: TokenState
  /** The scopes of this API that the token contains, even if it has expired. */
  readonly tokenScopes: readonly string[]
  readonly padlocks: readonly FieldPadlock[]
  /** Requests these scopes of the API, or the least powerful one if there are none. Undefined without an OAuth client. */
  readonly signIn: ((scopes: readonly string[]) => void) | undefined
  readonly update: UpdateStatus
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

/** Returns a value that depends on the time. Polls the clock: a timer would be late after the computer has slept. */
export const useClock = <Value extends string | boolean | undefined>(read: (now: number) => Value): Value =>
  useSyncExternalStore(subscribeToClock, () => read(Date.now()))
