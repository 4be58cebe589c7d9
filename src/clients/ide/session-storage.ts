/** The session of a signed-in user. */
export type IdeSession = {
  readonly accessToken: string
  /** Identifies the session at sign-out. Its claims were verified at sign-in. */
  readonly idToken: string
  readonly name: string
}

/** A sign-in in progress: the values that its response must match, and the texts of the editors. */
export type PendingAuthorization = {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly scopes: readonly string[]
  readonly draft: EditorDraft
}

/** The texts of the editors. The headers do not contain the token. */
export type EditorDraft = { readonly query: string; readonly variables: string; readonly headers: string }

const SESSION_KEY = 'fakebook-ide.session'
const PENDING_KEY = 'fakebook-ide.pending'

/*
 * Session storage belongs to one tab and ends with it. A session in memory alone would be lost at each reload and at each
 * redirect for one more scope, even a rejected one. Neither protects against an injected script, which could read the
 * header editor; the page's Content Security Policy does.
 */
export const loadSession = () => read<IdeSession>(SESSION_KEY)
export const saveSession = (session: IdeSession) => write(SESSION_KEY, session)
export const clearSession = () => sessionStorage.removeItem(SESSION_KEY)

export const savePendingAuthorization = (pending: PendingAuthorization) => write(PENDING_KEY, pending)

/** Returns and removes the sign-in in progress, so that its response cannot be used twice. */
export function takePendingAuthorization(): PendingAuthorization | undefined {
  const pending = read<PendingAuthorization>(PENDING_KEY)
  sessionStorage.removeItem(PENDING_KEY)
  return pending
}

const write = (key: string, value: object) => sessionStorage.setItem(key, JSON.stringify(value))

function read<T>(key: string): T | undefined {
  const text = sessionStorage.getItem(key)
  return text === null ? undefined : (JSON.parse(text) as T)
}
