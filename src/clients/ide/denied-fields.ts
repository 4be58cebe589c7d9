import type { DeniedHandling } from '../../scopes/index.ts'
import type { EditorHeaders } from './access-token.ts'
import type { IdeSettings } from './ide-settings.ts'

/** With GraphiQL's prefix, so that the button in its settings clears it, too. */
const KEY = 'graphiql:deniedFields'

/** Loads the choice of this browser; without one, the setting of the API. */
export function loadDeniedFields({ deniedFields }: IdeSettings): DeniedHandling {
  const stored = localStorage.getItem(KEY)
  return stored === 'reject' || stored === 'null' ? stored : deniedFields
}

export function saveDeniedFields(deniedFields: DeniedHandling): void {
  try {
    localStorage.setItem(KEY, deniedFields)
  } catch {
    // The storage is full. The choice applies until the page is closed.
  }
}

/** Formats the preference of a request (RFC 7240 §4.4). */
export const toPreference = (deniedFields: DeniedHandling) =>
  `handling=${deniedFields === 'null' ? 'lenient' : 'strict'}`

/** Adds the preference to headers. One in the header editor comes first, and only the first one counts (RFC 7240 §2). */
export function withPreference(headers: EditorHeaders, deniedFields: DeniedHandling) {
  const all = new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  all.append('prefer', toPreference(deniedFields))
  return Object.fromEntries(all)
}

type ResponseError = {
  readonly extensions?: {
    readonly code?: string
    readonly coordinate?: string
    readonly requiredScopes?: readonly string[]
  }
}

/** Returns the coordinates that a response denies, each once, and the scopes that they require. */
export function summarizeDenials(errors: readonly ResponseError[] = []) {
  const denials = errors.filter(({ extensions }) => extensions?.code === 'FORBIDDEN')
  return {
    denied: [...new Set(denials.flatMap(({ extensions }) => extensions?.coordinate ?? []))],
    scopes: [...new Set(denials.flatMap(({ extensions }) => extensions?.requiredScopes ?? []))],
  }
}
