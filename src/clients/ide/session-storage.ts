/** A person who is signed in here. */
export type IdeSession = {
  readonly accessToken: string
  /** Proves at sign-out whose session is to be ended; its claims were checked when it came. */
  readonly idToken: string
  readonly name: string
}

/** A sign-in that is under way: what its answer must fit to, and what the person was at. */
export type PendingAuthorization = {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly scopes: readonly string[]
  readonly draft: EditorDraft
}

/** What stands in the editors; of the headers, all but the token. */
export type EditorDraft = { readonly query: string; readonly variables: string; readonly headers: string }

const SESSION = 'fakebook-ide.session'
const PENDING = 'fakebook-ide.pending'

/**
 * The session is kept for this tab alone and forgotten with it. Memory alone would lose it at a reload, and at the way to
 * the issuer and back that asks for one more scope, even when that is refused. Against a script that is not ours neither
 * would help (it could read the header editor): the page's policy, which lets none run, does.
 */
export const loadSession = () => read<IdeSession>(SESSION)
export const saveSession = (session: IdeSession) => write(SESSION, session)
export const clearSession = () => sessionStorage.removeItem(SESSION)

export const savePendingAuthorization = (pending: PendingAuthorization) => write(PENDING, pending)

/** The sign-in under way, once: an answer that comes again finds nothing. */
export function takePendingAuthorization(): PendingAuthorization | undefined {
  const pending = read<PendingAuthorization>(PENDING)
  sessionStorage.removeItem(PENDING)
  return pending
}

const write = (key: string, value: object) => sessionStorage.setItem(key, JSON.stringify(value))

function read<T>(key: string): T | undefined {
  const text = sessionStorage.getItem(key)
  return text === null ? undefined : (JSON.parse(text) as T)
}
